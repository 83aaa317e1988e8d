import type { Format, Head, Likelihood } from './format.ts';

export type Detection = { readonly format: Format; readonly likelihood: Likelihood };

/** Every format's likelihood above 0 for a source, highest first. */
export function detections(formats: readonly Format[], head: Head): Detection[] {
  return formats
    .map((format) => ({ format, likelihood: format.detect(head) }))
    .filter((detection) => detection.likelihood > 0)
    .sort((a, b) => b.likelihood - a.likelihood);
}
