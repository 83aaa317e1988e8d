import type { Format } from '../format.ts';
import { write } from './write.ts';

/** `enterprise_metrics.json`: what the agents of a run did with code. Written only: it has no calls to read. */
export const enterpriseMetrics: Format = {
  name: 'enterprise-metrics',
  title: 'Enterprise metrics (enterprise_metrics.json)',
  detect: () => 0,
  write,
};
