/**
 * Where a source says no time at all, its steps stand a millisecond apart from here on: recognisable as no real time, the
 * same at every reading, and late enough for all who check times. Spans that stand there have the attribute below.
 * Documents that are one run (a report, a manifest) take the time of their file instead, where it is known.
 */
export const UNKNOWN_TIME_US = Date.UTC(2000, 0, 1) * 1000;

/** How far apart steps without times are put. */
export const STEP_US = 1000;

/** Marks spans whose start and end are estimates. */
export const TIME_ESTIMATED = 'time_estimated';
