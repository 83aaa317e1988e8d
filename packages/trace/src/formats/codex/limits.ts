import { asNumber, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { Session } from './session.ts';

const WINDOWS = ['primary', 'secondary'] as const;
/** A limit this far used is worth a warning. */
const WARN_PERCENT = 90;

/** Reports of the account's limits come with every call: told when a window's share changes by a whole percent. */
export function readLimits(session: Session, limits: JsonValue | undefined, us: number): void {
  if (!isObject(limits)) return;
  const attributes: JsonObject = {};
  let most = 0;
  for (const window of WINDOWS) {
    const report = limits[window];
    const percent = isObject(report) ? asNumber(report.used_percent) : undefined;
    if (!isObject(report) || percent === undefined) continue;
    most = Math.max(most, percent);
    attributes[`${window}_used_percent`] = percent;
    for (const [name, value] of [
      [`${window}_window_minutes`, asNumber(report.window_minutes)],
      [`${window}_resets_at`, asNumber(report.resets_at) ?? asNumber(report.reset_at)],
    ] as const)
      if (value !== undefined) attributes[name] = value;
  }
  const key = WINDOWS.map((window) => Math.round(Number(attributes[`${window}_used_percent`] ?? -1))).join(
    ' ',
  );
  if (Object.keys(attributes).length === 0 || key === session.limits) return;
  session.limits = key;
  const reached = typeof limits.rate_limit_reached_type === 'string';
  session.scope.event('rate limits', us, attributes, reached || most >= WARN_PERCENT ? 'warning' : undefined);
}
