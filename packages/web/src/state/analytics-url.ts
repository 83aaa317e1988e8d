/** Parts of the analytics page, by their names in the URL. */
export const ANALYTICS_PARTS = [
  'time',
  'agents',
  'benchmarks',
  'types',
  'tools',
  'dimensions',
  'sessions',
  'revisions',
  'tasks',
  'errors',
] as const;
export type AnalyticsPart = (typeof ANALYTICS_PARTS)[number];

/** By which column a table is sorted. */
export type TableOrder = { column: string; descending: boolean };

/** What a person has chosen on the page, beside the runs that it is about. */
export type AnalyticsChoices = {
  /** Parts whose charts are shown as the tables of the same figures. */
  tables?: readonly AnalyticsPart[];
  /** Parts whose rows are all shown. */
  whole?: readonly AnalyticsPart[];
  orders?: { readonly [Part in AnalyticsPart]?: TableOrder };
};

/** Reads what is chosen on the page: `tables=time.tools`, `order=agents-total-down.tools-errors`. */
export function analyticsChoices(params: URLSearchParams): AnalyticsChoices {
  const tables = partsIn(params.get('tables'));
  const whole = partsIn(params.get('whole'));
  const orders = ordersIn(params.get('order'));
  return {
    ...(tables.length > 0 && { tables }),
    ...(whole.length > 0 && { whole }),
    ...(Object.keys(orders).length > 0 && { orders }),
  };
}

/** The same as parameters; the inverse of `analyticsChoices`. */
export function analyticsParameters({ tables = [], whole = [], orders = {} }: AnalyticsChoices): {
  tables: string;
  whole: string;
  order: string;
} {
  const order = ANALYTICS_PARTS.flatMap((part) => {
    const of = orders[part];
    return of ? [`${part}-${of.column}${of.descending ? '-down' : ''}`] : [];
  });
  return { tables: tables.join('.'), whole: whole.join('.'), order: order.join('.') };
}

/** A part is put into a list, or taken out of it. */
export function toggled(parts: readonly AnalyticsPart[] = [], part: AnalyticsPart): readonly AnalyticsPart[] {
  return parts.includes(part) ? parts.filter((other) => other !== part) : [...parts, part];
}

function partsIn(text: string | null): AnalyticsPart[] {
  const found = (text ?? '').split('.').filter(isPart);
  return [...new Set(found)];
}

function ordersIn(text: string | null): { [Part in AnalyticsPart]?: TableOrder } {
  const orders: { [Part in AnalyticsPart]?: TableOrder } = {};
  for (const order of (text ?? '').split('.')) {
    const [, part, column, down] = /^([a-z]+)-(\w+)(-down)?$/.exec(order) ?? [];
    if (part !== undefined && isPart(part))
      orders[part] = { column: column!, descending: down !== undefined };
  }
  return orders;
}

function isPart(text: string): text is AnalyticsPart {
  return (ANALYTICS_PARTS as readonly string[]).includes(text);
}
