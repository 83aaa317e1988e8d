import { existsSync } from 'node:fs';
import type { Io } from './io.ts';

/** Set where nobody sits in front of the screen. */
const ELSEWHERE = ['CI', 'SSH_CONNECTION', 'SSH_TTY', 'CODESPACES', 'REMOTE_CONTAINERS'];

/** Opens the page in a browser where there is one and a person to see it; where not, the printed address is enough. */
export async function openPage(page: string, io: Io): Promise<void> {
  if (!hasBrowser(io)) return;
  try {
    const { default: open } = await import('open');
    const child = await open(page);
    // No browser after all: the address stands on the screen.
    child.on('error', () => {});
    child.unref();
  } catch {
    // The same.
  }
}

export function hasBrowser(
  { env, interactive }: Pick<Io, 'env' | 'interactive'>,
  platform: NodeJS.Platform = process.platform,
): boolean {
  if (!interactive || ELSEWHERE.some((name) => env[name])) return false;
  if (platform !== 'linux') return true;
  const inWsl = Boolean(env.WSL_DISTRO_NAME);
  return inWsl || (Boolean(env.DISPLAY || env.WAYLAND_DISPLAY) && !existsSync('/.dockerenv'));
}
