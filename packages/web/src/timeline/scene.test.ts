import { ColumnBuilder } from '@tacho/trace/model/columns';
import { describe, expect, it } from 'vitest';
import { demoRun, emptyRun, START_US, singleRun } from '../../dev/sample-runs.ts';
import { arrange } from './arrange.ts';
import { changedLanes } from './dirty.ts';
import { layoutBars } from './layout.ts';
import { notesOf, stallText } from './notes.ts';
import { openEndOf, sceneOf } from './scene.ts';
import { announce, describeScene, tellSpan } from './tell.ts';
import { wholeView } from './view.ts';

const NOW = START_US + 222e6;

describe('a scene', () => {
  it('knows how every lane is doing', () => {
    const { columns, header } = demoRun(true);
    const scene = sceneOf(columns, header, NOW);
    const state = (name: string, last = false) => {
      const names = scene.layout.lanes.map((lane) => lane.name);
      return scene.laneState[last ? names.lastIndexOf(name) : names.indexOf(name)];
    };
    expect(state('kzg')).toBe('idle');
    expect(state('node')).toBe('running');
    expect([state('relay'), state('relay', true)].sort()).toEqual(['error', 'stalled']);
  });

  it('ends open spans at now while live and at the last sign of life afterwards', () => {
    const { columns, header } = demoRun(true);
    expect(openEndOf(sceneOf(columns, header, NOW), NOW + 5e6)).toBe(NOW + 5e6);
    const over = sceneOf(columns, { ...header, status: 'interrupted' }, NOW + 100e6);
    expect(openEndOf(over, NOW + 100e6)).toBe(header.lastUs);
    expect(over.extent.toUs).toBe(header.lastUs);
  });

  it('of a run without spans is empty and still has a time', () => {
    const { columns, header } = emptyRun(true);
    const scene = sceneOf(columns, header, NOW);
    expect(scene.extent).toEqual({ fromUs: START_US, toUs: NOW });
    expect(scene.layout.lanes).toEqual([]);
  });

  it('stands still while its columns grow, and the next one marks what has changed', () => {
    const { columns, header } = demoRun(true);
    const before = sceneOf(columns, header, NOW);
    const count = columns.count;
    const builder = new ColumnBuilder(columns);
    const open = before.layout.lanes.findIndex((lane) => lane.name === 'node');
    const agent = before.layout.lanes[open]!.agent;
    builder.set({
      no: count,
      parent: agent,
      name: 'new',
      kind: 'tool',
      status: 'unset',
      startUs: NOW,
      tokens: 0,
      flags: 0,
    });
    expect(before.columns.count).toBe(count);
    const after = sceneOf(builder.columns, header, NOW + 1e6, before);
    expect(after.columns.count).toBe(count + 1);
    const changed = [...changedLanes(before.signature, after.signature)].map(
      (lane) => after.layout.lanes[lane]!.name,
    );
    expect(changed).toEqual(['node']);
  });

  it('keeps the merged blocks of lanes that have not changed', () => {
    const { columns, header } = demoRun(true);
    const before = sceneOf(columns, header, NOW);
    const block = before.blocks.at(3, 1024);
    const after = sceneOf(columns, header, NOW + 1e6, before);
    expect(after.blocks.at(3, 1024)).toBe(block);
  });
});

describe('notes', () => {
  const barsOf = (widthPx: number) => {
    const { columns, header } = demoRun(true);
    const scene = sceneOf(columns, header, NOW);
    const arrangement = arrange(scene.layout.lanes, scene.groups, scene.strips, {
      closedStages: new Set(),
      openLanes: new Set(),
    });
    const view = wholeView({ fromUs: START_US, toUs: NOW }, true);
    const request = {
      strips: scene.strips,
      blocks: scene.blocks,
      arrangement,
      view,
      widthPx,
      heightPx: 4000,
    };
    const bars = layoutBars({
      ...request,
      scrollTop: 0,
      openEndUs: NOW,
      live: true,
      pixelRatio: 1,
      bright: null,
    });
    return notesOf(bars, { scene, widthPx });
  };

  it('tell of the failed agent and of the silent one', () => {
    expect(barsOf(1200).map((note) => note.tone)).toEqual(['error', 'stall']);
  });

  it('leave out what has no room', () => {
    expect(barsOf(300).map((note) => note.tone)).toEqual(['error']);
  });

  it('say how long and what is usual', () => {
    expect(stallText({ silentUs: 34.6e6, usualUs: 9e6 })).toBe('silent 34 s · usual 9 s');
    expect(stallText({ silentUs: 130e6 })).toBe('silent 2:10');
  });
});

describe('telling', () => {
  it('names what is known of a span, and its fate', () => {
    const { columns, header } = singleRun();
    const scene = sceneOf(columns, header, NOW);
    const told = tellSpan(scene, 0, scene.lastUs);
    expect(told).toMatchObject({ name: 'one call', kind: 'llm', status: 'done', error: '' });
    expect(Object.fromEntries(told.facts)).toMatchObject({ model: 'gpt-5', start: '0:00.0' });
    expect(announce(scene, 0, NOW)).toContain('llm one call, lane one call, done');
    expect(announce(scene, null, NOW)).toBe('');
    expect(describeScene(scene)).toContain('1 lane, over 1.40');
  });

  it('tells running from torn off', () => {
    const { columns, header } = demoRun(true);
    expect(tellSpan(sceneOf(columns, header, NOW), 0, NOW).status).toBe('running');
    const over = sceneOf(columns, { ...header, status: 'interrupted' }, NOW);
    expect(tellSpan(over, 0, NOW).status).toBe('torn off');
  });
});
