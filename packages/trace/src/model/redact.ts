import { isObject, type JsonObject, type JsonValue } from './json.ts';

export type RedactOptions = {
  /** Names of fields whose values go, beside the built-in ones. Matched whole, without regard to case, `_`, `-` and space. */
  keys?: readonly string[];
  /** Texts that go wherever they stand, beside the built-in shapes of keys. */
  patterns?: readonly RegExp[];
  /** What stands in their place. Default `[redacted]`. */
  replace?: string;
};

/** Takes secrets out of texts and values: the same rules for the recorder and the server. */
export interface Redactor {
  text(text: string): string;
  /** A copy without secrets; the value itself when it has none. */
  value(value: JsonValue): JsonValue;
  /** Cheap look at serialised JSON: false means that `value` would change nothing. */
  mayHold(json: string): boolean;
}

/** Keys as their makers shape them. Each begins at a word's edge, so that `task-…` and `disk-…` are no `sk-…`. */
const KEY_SHAPES: readonly RegExp[] = [
  /\bsk-(?:ant-|proj-|svcacct-|admin-|or-v1-|lf-)?[A-Za-z0-9_-]{20,}/g,
  /\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,}/g,
  /\bglpat-[A-Za-z0-9_-]{20,}/g,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g,
  /\bAIza[A-Za-z0-9_-]{35}/g,
  /\bhf_[A-Za-z0-9]{30,}/g,
  /\bnpm_[A-Za-z0-9]{36}\b/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
  /\b[Bb]earer [A-Za-z0-9._~+/-]{12,}=*/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
];

/** Field names whose values are secrets, without separators. Whole names only: `max_tokens` and `token_count` are figures. */
const SECRET_NAMES = [
  'apikey',
  'xapikey',
  'authorization',
  'proxyauthorization',
  'password',
  'passwd',
  'passphrase',
  'secret',
  'clientsecret',
  'secretkey',
  'secretaccesskey',
  'awssecretaccesskey',
  'token',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'authtoken',
  'bearertoken',
  'sessiontoken',
  'apitoken',
  'privatekey',
  'cookie',
  'setcookie',
];

/** Environment variables and headers put a vendor's name before it: OPENAI_API_KEY, x-goog-api-key, GITHUB_TOKEN. */
const SECRET_ENDINGS = /(?:apikey|password|secret|secretkey|accesstoken|authtoken|privatekey)$/;
const ENV_TOKEN = /^[A-Z0-9]+(?:_[A-Z0-9]+)*_TOKEN$/;

/** A named field inside a text that itself holds JSON: `\"api_key\": \"…\"` in the arguments of a tool. */
const QUOTED_FIELD = /(["'])([\w -]{3,40})\1(\s*[:=]\s*)(["'])((?:\\.|(?!\4)[^\\\n])+)\4/g;

/** One pass over the text: is there anything at all that the rules could apply to? */
const HINT =
  /sk-|[srp]k_(?:live|test)_|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|AIza|hf_|npm_|eyJ|[Bb]earer |PRIVATE KEY|[Kk][Ee][Yy]\\?["']|[Tt][Oo][Kk][Ee][Nn]\\?["']|[Aa]uthorization|AUTHORIZATION|[Pp]ass[WwPp]|PASS[WP]|[Ss]ecret|SECRET|[Cc]ookie|COOKIE/;

/** Deeper values are left as they are: the door refuses them anyway (model/record MAX_DEPTH). */
const MAX_DEPTH = 200;

/** Rules for `true` (the built-in ones) or for own additions; undefined for `false`. */
export function redactorOf(options: boolean | RedactOptions | undefined): Redactor | undefined {
  if (options === false) return undefined;
  const own = typeof options === 'object' ? options : {};
  const names = new Set([...SECRET_NAMES, ...(own.keys ?? []).map(plainName)]);
  const patterns = [...KEY_SHAPES, ...(own.patterns ?? []).map(everywhere)];
  const replacement = own.replace ?? '[redacted]';
  const extended = (own.keys?.length ?? 0) + (own.patterns?.length ?? 0) > 0;

  const isSecret = (name: string): boolean => {
    const plain = plainName(name);
    return names.has(plain) || SECRET_ENDINGS.test(plain) || ENV_TOKEN.test(name);
  };

  const text = (whole: string): string => {
    if (!extended && !HINT.test(whole)) return whole;
    let cleaned = whole;
    for (const pattern of patterns) cleaned = cleaned.replace(pattern, () => replacement);
    return cleaned.replace(QUOTED_FIELD, (found, quote: string, name: string, is: string, open: string) =>
      isSecret(name) ? `${quote}${name}${quote}${is}${open}${replacement}${open}` : found,
    );
  };

  const value = (given: JsonValue, depth = 0): JsonValue => {
    if (typeof given === 'string') return text(given);
    if (depth > MAX_DEPTH) return given;
    if (Array.isArray(given)) return given.map((item) => value(item, depth + 1));
    if (!isObject(given)) return given;
    const cleaned: JsonObject = {};
    for (const name of Object.keys(given)) {
      const field = given[name];
      if (field === undefined) continue;
      // A flag or an empty field named `token` hides nothing; an object under such a name may hold anything.
      const hides = isSecret(name) && typeof field !== 'boolean' && field !== null && field !== '';
      const kept = hides ? replacement : value(field, depth + 1);
      // Not by assignment: a field named __proto__ would vanish into the prototype.
      Object.defineProperty(cleaned, name, {
        value: kept,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return cleaned;
  };

  return { text, value: (given) => value(given), mayHold: (json) => extended || HINT.test(json) };
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[_\- .]/g, '');
}

function everywhere(pattern: RegExp): RegExp {
  const flags = pattern.flags.replace('y', '');
  return new RegExp(pattern.source, flags.includes('g') ? flags : `${flags}g`);
}
