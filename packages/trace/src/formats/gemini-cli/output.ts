import { asString } from '../../model/json.ts';
import type { Printed } from '../printed-output.ts';
import { OutputSession } from './output-session.ts';
import { isReport, isStreamEvent } from './output-value.ts';

/** What the CLI prints with `--output-format`: a report, or events. */
export const OUTPUT: Printed<OutputSession> = {
  expected: 'an output of Gemini CLI',
  fallbackId: 'gemini-cli-output',
  readerOf(value) {
    if (isStreamEvent(value)) return (session) => session.read(value);
    return isReport(value) ? (session) => session.report(value) : undefined;
  },
  idIn: (value) => asString(value.session_id),
  open: (id) => new OutputSession(id),
};
