import { useLayoutEffect, useRef } from 'react';
import { counted } from '../ui/format.ts';
import type { TimelineEngine } from './engine.ts';
import type { Hover } from './pointer.ts';
import type { Scene } from './scene.ts';
import { tellSpan } from './tell.ts';
import css from './timeline.module.css';

const AWAY_PX = 14;

/** What is under the pointer, beside it and never outside the picture. Text only: names come from models. */
export function TimelineTip({
  scene,
  hover,
  openEndUs,
  engine,
}: {
  scene: Scene;
  hover: Hover;
  openEndUs: number;
  engine: TimelineEngine;
}) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const tip = box.current!;
    const room = { width: engine.gutterPx + engine.widthPx, height: engine.heightPx };
    const right = hover.x + AWAY_PX + tip.offsetWidth > room.width;
    const x = right ? Math.max(4, hover.x - AWAY_PX - tip.offsetWidth) : hover.x + AWAY_PX;
    const y = Math.max(4, Math.min(hover.y + AWAY_PX, room.height + 52 - tip.offsetHeight));
    tip.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  });
  if (hover.kind === 'lane') {
    return (
      <div ref={box} className={css.tip} role="presentation">
        {hover.name}
      </div>
    );
  }
  const told = tellSpan(scene, hover.no, openEndUs);
  return (
    <div ref={box} className={css.tip} role="presentation">
      <strong>{told.name}</strong>
      <p className={css.tipKind}>
        {told.kind} · <span data-status={told.status}>{told.status}</span>
      </p>
      {told.error !== '' && <p className={css.tipError}>{told.error}</p>}
      {told.stall !== '' && <p className={css.tipStall}>{told.stall}</p>}
      <dl>
        {told.facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {hover.merged > 1 && (
        <p className={css.tipKind}>{counted(hover.merged, 'span')} here: zoom in to part them</p>
      )}
    </div>
  );
}
