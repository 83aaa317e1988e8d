import type { Serialiser } from './serialiser.ts';
import type { SpanLinkOptions, SpanOptions } from './span-handle.ts';

/** What a span's start says beyond its name, as `,"model":"…"…`. Options that cannot be read count as absent. */
export function startFields(options: SpanOptions, serialiser: Serialiser): string {
  let fields = '';
  try {
    if (options.role !== undefined) fields += `,"role":${serialiser.quote(options.role)}`;
    if (options.component !== undefined) fields += `,"component":${serialiser.quote(options.component)}`;
    if (options.lane !== undefined) fields += `,"lane":${serialiser.quote(options.lane)}`;
    if (options.model !== undefined) fields += `,"model":${serialiser.quote(options.model)}`;
    if (options.provider !== undefined) fields += `,"provider":${serialiser.quote(options.provider)}`;
    if (options.tool !== undefined) fields += `,"tool":${toolJson(options.tool, serialiser)}`;
    if (options.inputs !== undefined) fields += `,"inputs":${serialiser.json(options.inputs)}`;
    const attributes = serialiser.object(options.attributes);
    if (attributes !== undefined) fields += `,"attributes":${attributes}`;
    if (options.links !== undefined) fields += `,"links":${linksJson(options.links, serialiser)}`;
  } catch {
    // A getter of the options threw: what was read before it stands.
  }
  return fields;
}

function toolJson(tool: NonNullable<SpanOptions['tool']>, serialiser: Serialiser): string {
  if (typeof tool === 'string') return serialiser.quote(tool);
  return serialiser.json({ name: tool.name, call_id: tool.callId, category: tool.category }) ?? 'null';
}

function linksJson(links: readonly SpanLinkOptions[], serialiser: Serialiser): string {
  const plain = links.map(({ type, span }) => ({ type, span_id: typeof span === 'string' ? span : span.id }));
  return serialiser.json(plain.filter(({ span_id }) => span_id !== '')) ?? '[]';
}
