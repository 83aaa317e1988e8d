/**
 * Errors of the machinery around an agent: a run that ends in one says nothing about the agent. By parts of the error's type,
 * in lower case without `_`, `-` and spaces; messages are not looked at, for agents write them. What an agent runs into
 * by itself (its own time limit, a crash, a wrong exit code) is a failure and not in this list.
 */
export const INFRASTRUCTURE_ERRORS: readonly string[] = [
  // The place in which the agent works cannot be made.
  'environmentstart',
  'environmentsetup',
  'environmentbuild',
  'environmentimage',
  'agentsetup',
  'imagebuild',
  'imagepull',
  'docker',
  'daytona',
  'sandbox',
  'outofdisk',
  'diskfull',
  'enospc',
  // The model's provider does not answer.
  'ratelimit',
  'overloaded',
  'quota',
  'billing',
  'authentication',
  'unauthorized',
  'permissiondenied',
  'serviceunavailable',
  'internalserver',
  'apiconnection',
  // The network.
  'connectionerror',
  'connecterror',
  'connecttimeout',
  'networkerror',
  'econn',
  'enotfound',
  'etimedout',
  // Nobody could judge.
  'verifiertimeout',
  'verifieroutput',
  'downloadverifier',
  'addtestsdir',
  'rewardfile',
];

/** True where an error's type has one of the words in it, whatever its case and its dashes. */
export function isInfrastructure(type: string | undefined, words: readonly string[]): boolean {
  if (type === undefined) return false;
  const plain = plainWord(type);
  return plainWords(words).some((word) => plain.includes(word));
}

/** Made once a list: for each of many runs they cost more than all else of its judgement. */
const plainLists = new WeakMap<readonly string[], readonly string[]>();

function plainWords(words: readonly string[]): readonly string[] {
  let plain = plainLists.get(words);
  if (!plain) {
    plain = words.map(plainWord).filter((word) => word !== '');
    plainLists.set(words, plain);
  }
  return plain;
}

function plainWord(text: string): string {
  return text.toLowerCase().replace(/[\s_-]/g, '');
}

/** The agent was stopped by a limit of time: its duration is at least what was measured. */
export function isTimeLimit(type: string | undefined): boolean {
  return type !== undefined && /time_?-?out|timelimit|deadline/i.test(type);
}
