import { asString, type JsonObject } from '../../model/json.ts';
import { cutText } from '../../model/short-text.ts';
import { usToSeconds } from '../../model/time.ts';
import { lastOfPath } from '../excerpt.ts';
import type { Session } from './session.ts';
import { firstWords } from './short-text.ts';

/** Where a run's name may come from, the better the later. */
const TITLES = ['command', 'last-prompt', 'prompt', 'summary', 'ai-title', 'custom-title'] as const;
type TitleSource = (typeof TITLES)[number];

/** Fields of every line that describe the session, and the label that each becomes. */
const LABELS: readonly (readonly [string, string])[] = [
  ['version', 'agent_version'],
  ['gitBranch', 'git_branch'],
  ['entrypoint', 'entrypoint'],
];

/** Summaries that wait for their message: a file may begin with those of other sessions. */
const MAX_WAITING = 200;
const TASK_CHARS = 2000;

/** What a file says of its run, told whenever it changes. */
export class RunFacts {
  readonly #session: Session;
  #rank = -1;
  readonly #known = new Map<string, string>();
  readonly #waiting = new Map<string, string>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** Looks at what every line carries. `us` is undefined for lines without a time. */
  observe(line: JsonObject, us: number | undefined): void {
    const session = this.#session;
    if (us !== undefined) {
      session.nowUs = us;
      if (session.runStartUs === 0 || us < session.runStartUs) {
        session.runStartUs = us;
        this.#tell({ ts: usToSeconds(us) });
        this.label('agent', 'claude-code');
      }
    }
    for (const [field, label] of LABELS) {
      const value = line[field];
      if (typeof value === 'string' && value !== '' && this.#known.get(label) !== value)
        this.label(label, value);
    }
    if (typeof line.cwd === 'string' && line.cwd !== '' && !this.#known.has('cwd')) {
      this.attribute('cwd', line.cwd);
      this.#tell({ project: lastOfPath(line.cwd) });
    }
    if (this.#waiting.size > 0 && typeof line.uuid === 'string') {
      const summary = this.#waiting.get(line.uuid);
      if (summary !== undefined) this.title('summary', summary);
    }
  }

  sessionId(id: string): void {
    this.#tell({ session_id: id });
  }

  /** A summary is of the conversation that ends with a message; it is this run's when the message is. */
  summary(text: string, leafUuid: string | undefined): void {
    if (leafUuid !== undefined && this.#session.seen.get(leafUuid) !== undefined) this.title('summary', text);
    else if (leafUuid !== undefined && this.#waiting.size < MAX_WAITING) this.#waiting.set(leafUuid, text);
  }

  /** The first prompt is the run's task; a command that no model has answered is as long as there is none. */
  prompt(source: 'command' | 'prompt', title: string, text: string): void {
    const known = this.#known.get('task');
    if (known === 'prompt' || known === source) return;
    this.#known.set('task', source);
    this.#tell({ task: cutText(text, TASK_CHARS) });
    this.title(source, title);
  }

  lastPrompt(text: string | undefined): void {
    if (text !== undefined) this.title('last-prompt', firstWords(text));
  }

  title(source: TitleSource, title: string | undefined): void {
    const rank = TITLES.indexOf(source);
    if (title === undefined || rank < this.#rank || this.#known.get('name') === title) return;
    this.#rank = rank;
    this.#known.set('name', title);
    this.#tell({ name: firstWords(title, 120) });
  }

  label(name: string, value: string | undefined): void {
    if (value === undefined || this.#known.get(name) === value) return;
    this.#known.set(name, value);
    this.#tell({ labels: { [name]: value } });
  }

  attribute(name: string, value: string | undefined): void {
    if (value === undefined || this.#known.get(name) === value) return;
    this.#known.set(name, value);
    this.#tell({ attributes: { [name]: value } });
  }

  /** A file in which nobody says anything is named by a summary of whatever it was. */
  nameless(): void {
    const first = this.#waiting.values().next();
    if (this.#rank < 0 && first.done !== true) this.title('summary', asString(first.value));
  }

  #tell(fields: Parameters<Session['run']['tell']>[0]): void {
    this.#session.run.tell(fields, !this.#session.agentFile);
  }
}
