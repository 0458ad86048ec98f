import { fireEvent, screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { audits } from '../evidence/evidence';
import { EVIDENCE, IDS } from '../ids';
import { renderApp } from '../render';
import { server } from '../server';

const PATH = `/attack-audits/${EVIDENCE.audit}`;

describe('an attack audit', () => {
  it('tells of each view who sees it and what it gave away, the positive control first', async () => {
    renderApp(PATH);
    const verdict = within(await screen.findByRole('region', { name: 'A leak was shown' }));
    const [first, ...views] = verdict.getAllByRole('listitem');
    expect(first).toHaveTextContent(/^Positive control.*the attack works/);
    expect(views.map((view) => view.textContent)).toEqual([
      expect.stringMatching(/^One site’s raw gradient.*by nobody with it.*identifies patients/),
      expect.stringMatching(/^One site’s update.*resembles them/),
      expect.stringMatching(/^The secure sum.*by every site.*nothing shown/),
    ]);
  });

  it('acquits nobody when its positive control failed, and keeps what was found', async () => {
    renderApp(`/attack-audits/${EVIDENCE.invalid}`);
    const verdict = await screen.findByRole('region', { name: 'This audit acquits nobody: its positive control failed' });
    expect(verdict).toHaveTextContent('the attack failed');
    const views = within(verdict).getAllByRole('listitem').slice(1);
    expect(views.map((view) => view.textContent)).toEqual([
      expect.stringContaining('identifies patients'),
      expect.stringContaining('resembles them'),
      expect.stringMatching(/^The secure sum.*no conclusion/),
    ]);
    expect(verdict).not.toHaveTextContent('✓');
    expect(screen.getByText('Not part of this audit')).toBeVisible();
    expect(screen.getByText('No tests')).toBeVisible();
  });

  it('sets the attack beside its controls, with the interval against chance', async () => {
    renderApp(PATH);
    const table = within(await screen.findByRole('region', { name: 'The attack beside its controls' }).then((card) => within(card).getByRole('table')));
    const rows = table.getAllByRole('row').map((row) => row.textContent);
    expect(rows.filter((row) => row.startsWith('Null'))).toHaveLength(4);
    expect(rows.find((row) => row.startsWith('Attack') && row.includes('11 of 24'))).toContain('[25.6, 67.2] % above chance, 1.0 %');
    expect(rows.find((row) => row.startsWith('Attack') && row.includes('1 of 72'))).toContain('includes chance');
  });

  it('reads identification aloud, control by control', async () => {
    renderApp(PATH);
    const chart = await screen.findByRole('slider', { name: /^Found again/ });
    for (let press = 0; press < 4; press += 1) fireEvent.keyDown(chart, { key: 'ArrowDown' });
    expect(chart).toHaveAttribute('aria-valuetext', 'One site’s raw gradient, Attack, 11 of 24 found: 46 % [26 %, 67 %]');
  });

  it('keeps the measure and the tables in the address', async () => {
    const { user, where } = renderApp(PATH);
    await user.click(await screen.findByRole('button', { name: 'SSIM' }));
    const card = within(await screen.findByRole('region', { name: 'Structural similarity' }));
    await user.click(card.getByRole('button', { name: 'table' }));
    expect(where()).toBe(`${PATH}?measure=ssim&tables=spread`);
  });

  it('shows pictures of phantoms alone, and says whose they are', async () => {
    renderApp(PATH);
    const card = within(await screen.findByRole('region', { name: 'Pictures, of drawn phantoms' }));
    expect(card.getByText(/drawn, not taken of anybody/)).toBeVisible();
    const sources = card.getAllByRole('img').map((image) => image.getAttribute('src') ?? '');
    expect(sources).toHaveLength(30);
    expect(sources.every((source) => source.startsWith('data:image/png;base64,'))).toBe(true);
  });

  it('fetches no picture from elsewhere, whatever a document says', async () => {
    const [found] = audits(Date.now());
    const picture = found?.demonstration?.pictures[0];
    if (found?.demonstration == null || picture === undefined) throw new Error('the fixtures hold no picture');
    const elsewhere = { ...picture, original: 'https://elsewhere.example/patient.png' };
    server.use(http.get('*/api/v1/attack-audits/:id', () => HttpResponse.json({ ...found, demonstration: { ...found.demonstration, pictures: [elsewhere] } })));
    renderApp(PATH);
    const card = within(await screen.findByRole('region', { name: 'Pictures, of drawn phantoms' }));
    expect(card.getByText('no picture')).toBeVisible();
    expect(card.getAllByRole('img')).toHaveLength(2);
  });

  it('says where pictures are while the hub has none', async () => {
    renderApp(`/attack-audits/${EVIDENCE.invalid}`);
    expect(await screen.findByText(/The hub is drawing phantoms/)).toBeVisible();
  });

  it('sets members told at few false alarms against chance', async () => {
    renderApp(PATH);
    expect(await screen.findByRole('row', { name: /^Members told at 1 % false alarms/ })).toHaveTextContent('3.4 %[2.2, 5.0] %1.0 %above chance');
    expect(screen.getByRole('row', { name: /^Members told at 0.1 %/ })).toHaveTextContent('includes chance');
  });

  it('is followed live while sites attack themselves', async () => {
    renderApp(`/jobs/${IDS.auditing}`);
    expect(await screen.findByText(/on train images/)).toBeVisible();
    expect((await screen.findAllByText(/attacking its own updates/)).length).toBeGreaterThan(0);
    expect(screen.getByRole('row', { name: /^Reconstructions of patients’ images/ })).toHaveTextContent('nevernever');
  });
});
