/** Seconds since the epoch and nanoseconds within the second. */
export type OtelTime = readonly [number, number];

export type OtelSpanContext = {
  readonly traceId: string;
  readonly spanId: string;
  readonly isRemote?: boolean;
};

/** What is read of a span of OpenTelemetry's SDK for JavaScript, 1.x and 2.x: its types without its package. */
export type OtelSpan = {
  readonly name: string;
  /** 0 internal, 1 server, 2 client, 3 producer, 4 consumer. */
  readonly kind: number;
  readonly spanContext: () => OtelSpanContext & { readonly traceState?: { serialize(): string } | undefined };
  readonly parentSpanContext?: OtelSpanContext | undefined;
  /** 1.x, instead of `parentSpanContext`. */
  readonly parentSpanId?: string | undefined;
  readonly startTime: OtelTime;
  readonly endTime: OtelTime;
  readonly status: { readonly code: number; readonly message?: string | undefined };
  readonly attributes: OtelAttributes;
  readonly links: readonly {
    readonly context: OtelSpanContext;
    readonly attributes?: OtelAttributes | undefined;
  }[];
  readonly events: readonly {
    readonly name: string;
    readonly time: OtelTime;
    readonly attributes?: OtelAttributes | undefined;
    readonly droppedAttributesCount?: number | undefined;
  }[];
  readonly resource: { readonly attributes: OtelAttributes };
  readonly instrumentationScope?: OtelScope | undefined;
  /** 1.x, instead of `instrumentationScope`. */
  readonly instrumentationLibrary?: OtelScope | undefined;
  readonly droppedAttributesCount?: number | undefined;
  readonly droppedEventsCount?: number | undefined;
  readonly droppedLinksCount?: number | undefined;
};

export type OtelAttributes = { readonly [name: string]: unknown };
export type OtelScope = { readonly name: string; readonly version?: string | undefined };
