import { NONE, THIN } from '@tacho/trace/model/figures';

export {
  bytes,
  clock,
  compact,
  counted,
  duration,
  figure,
  grouped,
  money,
  moneyAtLeast,
  multiple,
  NO_TIME,
  NONE,
  percent,
} from '@tacho/trace/model/figures';

/** How long ago, in the coarsest honest unit: `just now`, `42 s ago`, `3 min ago`, `5 h ago`, `12 d ago`. */
export function ago(us: number, nowUs: number): string {
  const seconds = (nowUs - us) / 1e6;
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${Math.floor(seconds)}${THIN}s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${THIN}min ago`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}${THIN}h ago`;
  return `${Math.floor(seconds / 86_400)}${THIN}d ago`;
}

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Local date and time as a list shows them: `today 14:32`, `20 Nov 14:32`, `20 Nov 2025`. */
export function listTime(us: number, nowUs: number): string {
  if (!(us > 0)) return NONE;
  const at = new Date(us / 1000);
  const now = new Date(nowUs / 1000);
  const time = `${pad(at.getHours())}:${pad(at.getMinutes())}`;
  const day = `${at.getDate()} ${MONTHS[at.getMonth()]}`;
  if (at.toDateString() === now.toDateString()) return `today ${time}`;
  return at.getFullYear() === now.getFullYear() ? `${day} ${time}` : `${day} ${at.getFullYear()}`;
}

/** Local date and time in full, to the millisecond: `2026-11-20 14:32:01.204`. */
export function fullTime(us: number): string {
  if (!(us > 0)) return NONE;
  const at = new Date(us / 1000);
  return (
    `${pad(at.getFullYear(), 4)}-${pad(at.getMonth() + 1)}-${pad(at.getDate())} ` +
    `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}.${pad(at.getMilliseconds(), 3)}`
  );
}

/** The zone that all times on the page are in: `UTC+1`, `UTC−3:30`. */
export function zoneName(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  const rest = size % 60 === 0 ? '' : `:${pad(size % 60)}`;
  return `UTC${minutes < 0 ? '−' : '+'}${Math.floor(size / 60)}${rest}`;
}
