import type { Format } from '../format.ts';
import { detect } from './detect.ts';
import { read } from './read.ts';

/** Sessions of Google's Gemini CLI: the files below `~/.gemini/tmp/<project>/chats`, documents and JSON lines; and its output. */
export const geminiCli: Format = {
  name: 'gemini-cli',
  title: 'Gemini CLI session',
  // Documents are written anew with every message, and lines repeat messages that went on: reading has a state.
  follow: 'whole',
  detect,
  read,
};
