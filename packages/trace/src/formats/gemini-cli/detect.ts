import { isObject, type JsonObject } from '../../model/json.ts';
import type { Head, Likelihood } from '../format.ts';
import { headDocument } from '../json-document.ts';
import { headValues } from '../json-lines.ts';
import { beginsOutput, isOutput } from './output-value.ts';

const LINES = 30;
const ROLES = new Set(['user', 'model', 'gemini']);

/** How sure we are that this is a session of Gemini CLI, a saved conversation, its log of prompts, or what it printed. */
export function detect(head: Head): Likelihood {
  const ofSession = detectSession(head);
  if (ofSession > 0) return ofSession;
  const printed = isOutput(head.text, head.complete) ?? beginsOutput(head.text);
  return printed ? 0.85 : 0;
}

function detectSession(head: Head): Likelihood {
  const values = headValues(head, LINES);
  const first = values.length > 0 ? values[0] : headDocument(head);
  if (Array.isArray(first)) return ofList(first);
  if (!isObject(first)) return 0;
  if (isHeader(first)) return 0.95;
  if (isDrifted(first)) return 0.7;
  // Lines from the middle of a session, or a document whose messages fill the head.
  const ours = values.filter((value) => isObject(value) && isMessage(value)).length;
  if (ours > 0) return 0.5 + 0.4 * (ours / values.length);
  return 0;
}

/** What a session says of itself. The hash of its project is nobody else's. */
function isHeader(value: JsonObject): boolean {
  return typeof value.sessionId === 'string' && typeof value.projectHash === 'string';
}

/** Sessions of other builds: a history of turns as the API has them, or messages under a session's id. */
function isDrifted(value: JsonObject): boolean {
  const list = value.history ?? value.messages;
  if (!Array.isArray(list)) return false;
  const known = list.filter((item) => isObject(item) && (isTurn(item) || isMessage(item))).length;
  const says = value.start_time ?? value.startTime ?? value.lastUpdated ?? value.sessionId ?? value.meta;
  return known > 0 && known * 2 > list.length && (says !== undefined || value.history !== undefined);
}

function isMessage(value: JsonObject): boolean {
  if (typeof value.id !== 'string' || typeof value.timestamp !== 'string') return false;
  if (value.type === 'gemini') return value.content !== undefined || value.toolCalls !== undefined;
  return value.type === 'user' && value.content !== undefined && value.sessionId === undefined;
}

function isTurn(value: JsonObject): boolean {
  return typeof value.role === 'string' && ROLES.has(value.role) && Array.isArray(value.parts);
}

/** Saved conversations are bare lists of turns; the log of prompts is a list that names a session each time. */
function ofList(list: readonly unknown[]): Likelihood {
  const objects = list.filter(isObject);
  if (objects.length === 0) return 0;
  const turns = objects.filter(isTurn).length;
  if (turns * 2 > objects.length) return 0.6;
  return objects.every(isLogEntry) ? 0.6 : 0;
}

/** An entry of `logs.json`: what a person typed, and nothing of what was answered. */
export function isLogEntry(value: JsonObject): boolean {
  return (
    typeof value.sessionId === 'string' &&
    typeof value.messageId === 'number' &&
    typeof value.message === 'string' &&
    value.type === 'user'
  );
}
