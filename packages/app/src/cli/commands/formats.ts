import { EXIT } from '../cli-error.ts';
import { type Command, JSON_OPTION } from '../command.ts';
import { coloursFor } from '../render/colours.ts';
import { jsonDocument } from '../render/json-text.ts';
import { table } from '../render/table.ts';

export const formats: Command = {
  name: 'formats',
  summary: 'list the formats that can be read, written and followed',
  options: [JSON_OPTION],
  examples: [['tacho formats', 'every format, and what can be done with it']],
  notes: '`live`: a file of this format can be followed while it grows.',
  async run(args, io) {
    const { FORMATS } = await import('@tacho/trace/formats/index');
    const rows = FORMATS.map(({ name, title, read, write, follow }) => ({
      name,
      title,
      read: read !== undefined,
      write: write !== undefined,
      live: follow !== undefined,
    }));
    if (args.flag('json')) io.out(jsonDocument({ formats: rows }));
    else {
      const mark = (can: boolean): string => (can ? 'yes' : '');
      io.out(
        table(
          rows,
          [
            { title: 'format', of: ({ name }) => name },
            { title: 'read', of: ({ read }) => mark(read) },
            { title: 'write', of: ({ write }) => mark(write) },
            { title: 'live', of: ({ live }) => mark(live) },
            { title: 'what', of: ({ title }) => title, shrinksTo: 20 },
          ],
          { columns: io.columns, colours: coloursFor(io) },
        ),
      );
    }
    return EXIT.done;
  },
};
