import { expect, test } from 'vitest';
import { Admission } from './admission.ts';

const busy = { status: 429, headers: { 'retry-after': '1' } };
/** What is said while a body is under way: the connection cannot be used for another. */
const unread = { status: 429, headers: { 'retry-after': '1', connection: 'close' } };

test('batches go in in the order in which they came, as far as there is room', async () => {
  const admission = new Admission({ records: 10 });
  const order: string[] = [];
  await admission.enter(8);
  const large = admission.enter(9).then(() => order.push('large'));
  const small = admission.enter(1).then(() => order.push('small'));
  await Promise.resolve();
  expect(order).toEqual([]);
  admission.leave(8);
  await Promise.all([large, small]);
  expect(order).toEqual(['large', 'small']);
});

test('a batch larger than the room goes in alone', async () => {
  const admission = new Admission({ records: 10 });
  await admission.enter(50);
  const next = admission.enter(1);
  admission.leave(50);
  await next;
});

test('too many that wait, and too long a wait, are told to come back; who waits behind goes on', async () => {
  const admission = new Admission({ records: 10, waiting: 2, patienceMs: 20 });
  await admission.enter(5);
  const tooLarge = admission.enter(10);
  const fits = admission.enter(5);
  await expect(admission.enter(1)).rejects.toMatchObject(busy);
  await expect(tooLarge).rejects.toMatchObject(busy);
  await fits;
});

test('what all requests together have read and not stored is bounded, but one large body alone is taken', () => {
  const admission = new Admission({ bytes: 100 });
  admission.hold(500);
  expect(() => admission.hold(1)).toThrow(expect.objectContaining(unread));
  admission.release(500);
  admission.hold(60);
  expect(() => admission.hold(60)).toThrow(expect.objectContaining(unread));
});
