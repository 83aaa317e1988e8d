import { basename } from 'node:path';
import { Pricing } from '../pipeline/pricing.ts';
import { Arguments } from './arguments.ts';
import type { Io } from './io.ts';
import { userTable } from './price-table.ts';

/** The prices for a report: those of the table that is named, else of TACHO_PRICE_TABLE, before the built-in ones. */
export async function reportPricing(io: Io, priceTable?: string): Promise<Pricing> {
  const table = await userTable(new Arguments([], { priceTable }), io);
  return new Pricing(table && { file: basename(table.file), table: table.table });
}
