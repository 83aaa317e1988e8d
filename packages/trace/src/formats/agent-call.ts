import type { JsonObject, JsonValue } from '../model/json.ts';
import type { UsageFields } from '../model/record.ts';
import { usToSeconds } from '../model/time.ts';
import { titleOfAnswer } from './call-titles.ts';
import type { RecordBatch, SpanNews } from './record-batch.ts';

/** A model call while its lines are read: its content is told once for each piece of the source, not once a line. */
export class OpenCall {
  readonly spanId: string;
  endUs = 0;
  /** What it asked for has answers: words that follow are another call's. */
  answered = false;
  text = '';
  readonly tools: string[] = [];
  usage: UsageFields | undefined;
  model: string | undefined;
  readonly #blocks: JsonValue[] = [];
  #news: SpanNews = {};
  #changed = true;

  constructor(spanId: string) {
    this.spanId = spanId;
  }

  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  /** A piece of what the model wrote, in the order in which it wrote it. */
  say(block: JsonObject, us: number): void {
    this.#blocks.push(block);
    this.#changed = true;
    if (us > this.endUs) this.endUs = us;
  }

  use(id: string, name: string, us: number): void {
    this.tools.push(name);
    this.say({ type: 'tool_use', id, name }, us);
  }

  tell(news: SpanNews): void {
    this.#news = {
      ...this.#news,
      ...news,
      ...(news.attributes !== undefined && { attributes: { ...this.#news.attributes, ...news.attributes } }),
    };
    if (news.model !== undefined) this.model = news.model;
    this.#changed = true;
  }

  flush(batch: RecordBatch): void {
    if (!this.#changed) return;
    this.#changed = false;
    const fallback = this.#blocks.length > 0 ? 'thinks' : (this.model ?? 'model call');
    batch.span(this.spanId, {
      ...this.#news,
      name: titleOfAnswer(this.text, this.tools, fallback),
      end_ts: usToSeconds(this.endUs),
      // A copy: records handed out are the taker's, and the call may go on.
      ...(this.#blocks.length > 0 && { outputs: [...this.#blocks] }),
    });
    this.#news = {};
  }
}
