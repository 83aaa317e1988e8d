import { expect, test } from 'vitest';
import { CommandSignals, type Relayed } from './relayed-signals.ts';

/** A process whose signals are typed. */
function typed(): { take: ConstructorParameters<typeof CommandSignals>[0]; send(signal: Relayed): boolean } {
  let handler: ((signal: Relayed) => void) | undefined;
  return {
    take: (_signals, use) => {
      handler = use;
      return () => {
        handler = undefined;
      };
    },
    send(signal) {
      handler?.(signal);
      return handler !== undefined;
    },
  };
}

test('what comes before the command has begun waits for it', () => {
  const { take, send } = typed();
  const signals = new CommandSignals(take);
  send('SIGTERM');
  send('SIGINT');
  const got: string[] = [];
  signals.begin({ kill: (signal) => got.push(signal) });
  expect(got).toEqual(['SIGTERM', 'SIGINT']);
  send('SIGUSR1');
  expect(got).toEqual(['SIGTERM', 'SIGINT', 'SIGUSR1']);
  expect([...signals.asked]).toEqual(got);
  signals.giveBack();
  expect(send('SIGTERM')).toBe(false);
});
