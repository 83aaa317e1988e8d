import type { RunSummary } from '@tacho/trace/model/summary';
import { DropdownMenu } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { deleteRun, exportHref } from '../../api/client.ts';
import { go } from '../../state/location.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Link } from '../shell/link.tsx';
import css from './run.module.css';

const EXPORTS = [
  { format: 'chrome-trace', title: 'Chrome trace (Perfetto, Speedscope)', file: 'trace.json' },
  { format: 'telemetry', title: 'telemetry.jsonl', file: 'telemetry.jsonl' },
  { format: 'otlp', title: 'OpenTelemetry (OTLP JSON)', file: 'otlp.jsonl' },
  { format: 'html', title: 'A page to pass on (HTML)', file: 'html' },
  { format: 'markdown', title: 'A digest (Markdown)', file: 'md' },
] as const;

/** What can be done with a run as a whole. */
export function RunMenu({ summary, icon }: { summary: RunSummary; icon: ReactNode }) {
  const [asking, setAsking] = useState(false);
  const [failure, setFailure] = useState<string | undefined>();
  const remove = async (): Promise<void> => {
    try {
      await deleteRun(summary.runId);
      go({ page: 'runs', filters: {} });
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger asChild>
          <button type="button" className={css.menuButton} aria-label="Diff, export, copy, delete">
            {icon}
          </button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className={css.menu} align="start" sideOffset={4}>
            <DropdownMenu.Item asChild>
              <Link className={css.menuItem} to={{ page: 'diff', left: summary.runId }}>
                Diff with …
              </Link>
            </DropdownMenu.Item>
            <DropdownMenu.Separator className={css.menuLine} />
            <DropdownMenu.Label className={css.menuLabel}>Export as</DropdownMenu.Label>
            {EXPORTS.map((entry) => (
              <DropdownMenu.Item key={entry.format} asChild>
                <a
                  className={css.menuItem}
                  href={exportHref(summary.runId, entry.format)}
                  download={`${summary.runId}.${entry.file}`}
                >
                  {entry.title}
                </a>
              </DropdownMenu.Item>
            ))}
            <DropdownMenu.Separator className={css.menuLine} />
            <DropdownMenu.Item
              className={css.menuItem}
              onSelect={() => void navigator.clipboard?.writeText(summary.runId)}
            >
              Copy the run’s id
            </DropdownMenu.Item>
            <DropdownMenu.Item className={css.menuItem} onSelect={() => setAsking(true)}>
              Delete …
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <Dialog title="Delete this run?" open={asking} onClose={() => setAsking(false)}>
        <p>
          <b>{summary.name}</b> and its {summary.spans} spans are removed from Tacho’s store. Files it was
          read from are not touched.
        </p>
        {failure && (
          <p className={css.error} role="alert">
            {failure}
          </p>
        )}
        <div className={css.dialogEnd}>
          <Button onClick={() => setAsking(false)}>Keep it</Button>
          <Button look="primary" onClick={() => void remove()}>
            Delete
          </Button>
        </div>
      </Dialog>
    </>
  );
}
