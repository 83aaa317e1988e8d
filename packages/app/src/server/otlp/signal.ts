/** What OTLP carries, each signal with its path over HTTP, its service over gRPC and the name of what is counted. */
export type Signal = 'traces' | 'logs' | 'metrics';

type SignalFacts = {
  path: string;
  service: string;
  /** The field of the partial success in JSON; in protobuf it is number 1 for each. */
  rejected: string;
  /** One of them, in a sentence. */
  item: string;
};

export const SIGNALS: Record<Signal, SignalFacts> = {
  traces: {
    path: '/v1/traces',
    service: 'opentelemetry.proto.collector.trace.v1.TraceService',
    rejected: 'rejectedSpans',
    item: 'span',
  },
  logs: {
    path: '/v1/logs',
    service: 'opentelemetry.proto.collector.logs.v1.LogsService',
    rejected: 'rejectedLogRecords',
    item: 'log record',
  },
  metrics: {
    path: '/v1/metrics',
    service: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
    rejected: 'rejectedDataPoints',
    item: 'data point',
  },
};

export const SIGNAL_NAMES = Object.keys(SIGNALS) as readonly Signal[];

/** Both spellings of every path: some clients put a slash behind it. */
export function pathsOf(signal: Signal): string[] {
  const { path } = SIGNALS[signal];
  return [path, `${path}/`];
}

export function isOtlpPath(path: string): boolean {
  return SIGNAL_NAMES.some((signal) => pathsOf(signal).includes(path));
}
