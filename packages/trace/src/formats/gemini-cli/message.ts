import { asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { parseTimestamp } from '../../model/time.ts';
import { contentText } from '../excerpt.ts';

/** A message, whatever the build of the CLI that wrote it. */
export type Message = {
  id: string | undefined;
  us: number | undefined;
  from: 'user' | 'model' | 'note';
  /** The source's own word for what it is. */
  type: string;
  content: JsonValue;
  text: string;
  source: JsonObject;
};

const MODEL = new Set(['gemini', 'model', 'assistant']);

export function messageOf(value: JsonObject): Message | undefined {
  const type = asString(value.type) ?? asString(value.role);
  const content = value.content ?? value.parts ?? value.message;
  if (type === undefined || (content === undefined && value.toolCalls === undefined)) return undefined;
  return {
    id: asString(value.id),
    us: parseTimestamp(value.timestamp ?? value.ts),
    from: type === 'user' ? 'user' : MODEL.has(type) ? 'model' : 'note',
    type,
    content: content ?? '',
    text: textOf(content),
    source: value,
  };
}

/** Thoughts among the parts are not what was said. */
function textOf(content: JsonValue | undefined): string {
  if (!Array.isArray(content)) return contentText(content);
  return contentText(content.filter((part) => !isObject(part) || part.thought !== true));
}

/** Parts of a message that call a tool or bring its result, as the API has them. */
export function partsOf(content: JsonValue, field: 'functionCall' | 'functionResponse'): JsonObject[] {
  const parts = Array.isArray(content) ? content : [content];
  return parts.flatMap((part) => {
    const found = isObject(part) ? part[field] : undefined;
    return isObject(found) ? [found] : [];
  });
}

/** What the model thought, in one text: subject and description of each thought. */
export function thoughtsOf({ source, content }: Message): string {
  const listed = Array.isArray(source.thoughts) ? source.thoughts : [];
  const inside = (Array.isArray(content) ? content : []).filter(
    (part) => isObject(part) && part.thought === true,
  );
  const texts = [...listed, ...inside].map((thought) => {
    if (typeof thought === 'string') return thought;
    if (!isObject(thought)) return '';
    const [subject, description] = [asString(thought.subject), asString(thought.description ?? thought.text)];
    return subject === undefined ? (description ?? '') : `**${subject}**\n${description ?? ''}`.trim();
  });
  return texts.filter((text) => text !== '').join('\n\n');
}
