import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'vitest';
import { schemaNamed } from './terminal.ts';

/** As published, but with no room for fields it does not name: a new field must be written into it. */
const strict = JSON.parse(JSON.stringify(schemaNamed('enterprise-metrics')), (_key, value) =>
  value?.properties ? { additionalProperties: false, ...value } : value,
) as object;
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
addFormats.default(ajv);
const validate = ajv.compile(strict);

/** Enterprise metrics keep to their published schema. */
export function expectValidMetrics(document: unknown): void {
  // What JSON leaves out (undefined) and changes (NaN) is seen only after a round trip.
  validate(JSON.parse(JSON.stringify(document)));
  expect(validate.errors ?? []).toEqual([]);
}
