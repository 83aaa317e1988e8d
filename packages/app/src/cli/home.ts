import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where programs keep their data, by platform. */
const DATA_FOLDERS: Partial<Record<NodeJS.Platform, (environment: Environment, home: string) => string>> = {
  darwin: (_, home) => join(home, 'Library', 'Application Support', 'Tacho'),
  win32: (environment, home) => join(environment.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'Tacho'),
};

/** The folder of Tacho's store: what was asked for, else TACHO_HOME, else the platform's data folder. */
export function tachoHome(
  asked: string | undefined,
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
  home = homedir(),
): string {
  const named = asked || environment.TACHO_HOME;
  if (named) return resolve(named);
  const folder = DATA_FOLDERS[platform];
  if (folder) return folder(environment, home);
  return join(environment.XDG_DATA_HOME || join(home, '.local', 'share'), 'tacho');
}
