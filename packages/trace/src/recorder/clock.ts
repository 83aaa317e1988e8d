/** Milliseconds from the monotonic clock's zero to the epoch. Read once: the getter costs as much as a short line. */
let originMs = performance.timeOrigin;

/** A wall clock that is further off than this was set, or the machine slept (the monotonic clock stands still then). */
const MAX_DRIFT_MS = 1000;

/** Now, in integer microseconds since the epoch. */
export function clockUs(): number {
  return Math.round((originMs + performance.now()) * 1000);
}

/** Follows the wall clock over a sleep of the machine. Called once a batch, not once a span. */
export function followWallClock(nowMs: number = Date.now()): void {
  const driftMs = nowMs - (originMs + performance.now());
  if (Math.abs(driftMs) > MAX_DRIFT_MS) originMs += driftMs;
}

let second = -1;
let secondText = '';

/** Microseconds as the stream writes them: epoch seconds with six digits. A third of the time of printing a double. */
export function secondsText(us: number): string {
  const whole = Math.floor(us / 1e6);
  if (whole !== second) {
    second = whole;
    secondText = `${whole}.`;
  }
  return secondText + String(1_000_000 + us - whole * 1e6).slice(1);
}

/** A duration in microseconds as milliseconds with at most three digits. */
export function millisecondsText(us: number): string {
  const whole = Math.floor(us / 1000);
  const rest = us - whole * 1000;
  return rest === 0 ? String(whole) : `${whole}.${String(1000 + rest).slice(1)}`;
}
