// Property tests draw the same cases in every run of the suite, so that a change is judged by what it
// changed and not by luck. `npm run fuzz` draws new ones (docs/decisions/0016-seeds-of-property-tests.md).
import fc from 'fast-check';

const said = Number(process.env.TACHO_TEST_SEED);
fc.configureGlobal({ seed: Number.isInteger(said) ? said : 20_190 });
