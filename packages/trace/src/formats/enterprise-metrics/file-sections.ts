import type { Activity } from '../../analysis/activity/activity.ts';
import type { JsonObject } from '../../model/json.ts';
import { counted, ratio, seconds, timestamp } from './figures.ts';

/** What the arguments of calls tell of files: null throughout where no call has kept its arguments. */
export function navigationOf({ navigation, argumentsKnown }: Activity, timelines: boolean): JsonObject {
  const known = <Figure>(figure: Figure): Figure | null => (argumentsKnown ? figure : null);
  const touched = navigation.reads + navigation.writes > 0;
  return {
    file_reads: known(navigation.reads),
    file_writes: known(navigation.writes),
    unique_files_read: known(navigation.uniqueRead),
    unique_files_written: known(navigation.uniqueWritten),
    navigation_efficiency: touched ? ratio(navigation.efficiency) : null,
    reread_ratio: ratio(navigation.rereadRatio),
    rereads: known(counted(navigation.rereads)),
    dwell_time: known(Object.fromEntries([...navigation.dwellUs].map(([file, us]) => [file, seconds(us)]))),
    ...(timelines && {
      file_access_timeline: known(
        navigation.timeline.map(({ atUs, action, file, tool }) => ({
          timestamp: timestamp(atUs),
          action,
          file,
          context: tool,
        })),
      ),
    }),
  };
}

export function contextSwitchingOf(
  { contextSwitching, navigation, argumentsKnown }: Activity,
  timelines: boolean,
): JsonObject {
  const { switches, rapid, thrashing } = contextSwitching;
  const known = <Figure>(figure: Figure): Figure | null => (argumentsKnown ? figure : null);
  return {
    file_switches: known(switches.length),
    rapid_switches: known(rapid),
    thrashing_detected: known(thrashing),
    avg_dwell_time: seconds(navigation.meanDwellUs),
    ...(timelines && {
      context_switches: known(
        switches.map(({ atUs, from, to, reason, productive }) => ({
          timestamp: timestamp(atUs),
          from_file: from,
          to_file: to,
          reason,
          productive,
        })),
      ),
    }),
  };
}

export function implementationOf({ implementation, argumentsKnown }: Activity): JsonObject {
  const { lines } = implementation;
  const known = <Figure>(figure: Figure): Figure | null => (argumentsKnown ? figure : null);
  return {
    edit_operations: implementation.edits,
    edit_success_rate: ratio(implementation.successRate),
    lines_added: lines?.added ?? null,
    lines_removed: lines?.removed ?? null,
    lines_modified: lines?.modified ?? null,
    edits_of_unknown_lines: implementation.editsOfUnknownLines,
    reverts: known(implementation.reverts),
    trial_and_error: known(implementation.trialAndError),
    targeted_edits: known(implementation.targetedEdits),
  };
}

export function comprehensionOf({ comprehension, argumentsKnown }: Activity): JsonObject {
  const { thinkTime } = comprehension;
  const known = <Figure>(figure: Figure): Figure | null => (argumentsKnown ? figure : null);
  return {
    documentation_reads: known(comprehension.documentationReads),
    external_doc_lookups: comprehension.externalLookups,
    code_summary_requests: comprehension.summaryRequests,
    architecture_queries: known(comprehension.architectureQueries),
    reread_for_understanding: known(comprehension.rereadsAfterFailure),
    think_time: {
      avg_before_first_edit: seconds(thinkTime.beforeFirstEditUs),
      avg_between_reads: seconds(thinkTime.betweenReadsUs),
      avg_before_tests: seconds(thinkTime.beforeTestsUs),
    },
  };
}
