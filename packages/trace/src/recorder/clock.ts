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

/** '000' to '999': two looks into this print a fraction four times as fast as a number is printed. */
const THREE_DIGITS = Array.from({ length: 1000 }, (_, number) => String(number).padStart(3, '0'));

let second = -1;
let secondText = '';

/** Microseconds as the stream writes them: epoch seconds with six digits. */
export function secondsText(us: number): string {
  const whole = Math.floor(us / 1e6);
  if (whole !== second) {
    second = whole;
    secondText = `${whole}.`;
  }
  const fraction = us - whole * 1e6;
  const ms = Math.floor(fraction / 1000);
  return secondText + THREE_DIGITS[ms]! + THREE_DIGITS[fraction - ms * 1000]!;
}

/** A duration in microseconds as milliseconds with at most three digits. */
export function millisecondsText(us: number): string {
  const whole = Math.floor(us / 1000);
  const rest = us - whole * 1000;
  return rest === 0 ? String(whole) : `${whole}.${THREE_DIGITS[rest]!}`;
}
