/** The environment without a run around this process: the tests themselves may be run and recorded by something. */
export const OWN_ENVIRONMENT: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(TACHO_|INSTRUMENT_|RUN_ID$)/.test(name)),
);
