import { asString } from '../../model/json.ts';
import type { Printed } from '../printed-output.ts';
import { isExecEvent } from './exec-event.ts';
import { ExecThread } from './exec-log.ts';

/** What `codex exec --json` prints. */
export const EXEC_OUTPUT: Printed<ExecThread> = {
  expected: 'an event of codex exec',
  fallbackId: 'codex-exec',
  readerOf: (value) =>
    isExecEvent(value) || (value.type === 'error' && typeof value.message === 'string')
      ? (thread) => thread.read(value)
      : undefined,
  idIn: (event) => (event.type === 'thread.started' ? asString(event.thread_id) : undefined),
  open: (id) => new ExecThread(id),
};
