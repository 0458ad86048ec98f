import { fireEvent, screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { operations } from '../desk/operations';
import { SERVICES } from '../ids';
import { renderApp } from '../render';
import { server } from '../server';

const PATH = `/services/${SERVICES.open}/operations`;

describe('operations of a service', () => {
  it('shows each chart as a table too, and keeps that in the address', async () => {
    const { user, where } = renderApp(PATH);
    const card = within(await screen.findByRole('region', { name: 'Time by step' }));
    await user.click(card.getByRole('button', { name: 'table' }));
    expect(await card.findByRole('row', { name: /^Computing together/ })).toHaveTextContent('0.3120.4010.830');
    expect(where()).toBe(`${PATH}?tables=latency`);
  });

  it('reads each step aloud to whoever moves along the chart by keys', async () => {
    renderApp(PATH);
    const chart = await screen.findByRole('slider', { name: /^Time by step/ });
    fireEvent.keyDown(chart, { key: 'ArrowDown' });
    expect(chart).toHaveAttribute('aria-valuetext', expect.stringMatching(/^Waiting for its turn: half within 21 ms, nine in ten within 0.74 s/));
    fireEvent.keyDown(chart, { key: 'ArrowDown' });
    expect(chart).toHaveAttribute('aria-valuetext', expect.stringMatching(/^Waiting for the other party/));
    fireEvent.keyDown(chart, { key: 'Escape' });
    expect(chart).toHaveAttribute('aria-valuetext', 'no step chosen');
  });

  it('says why diagnoses failed, in words and by code', async () => {
    renderApp(PATH);
    const row = await screen.findByRole('row', { name: /^one party waited for the other, which did not come/ });
    expect(row).toHaveTextContent('party.peer_absent');
  });

  it('names no requester, whatever the platform sent', async () => {
    server.use(http.get('*/api/v1/services/:id/operations', () => HttpResponse.json({ ...operations(Date.now()), requester: 'grace', image: 'pixel-9' })));
    renderApp(PATH);
    await screen.findByRole('region', { name: 'Time by step' });
    expect(document.body.textContent).not.toMatch(/grace|pixel-9/);
  });

  it('has its empty state, on a day on which nobody asked', async () => {
    const nothing = { ...operations(Date.now()), throughput: [], queue: [], stock_history: [], steps: [], failures: [], answered: 0, failed: 0, waiting: 0, computing: 0 };
    server.use(http.get('*/api/v1/services/:id/operations', () => HttpResponse.json(nothing)));
    renderApp(PATH);
    expect(await screen.findAllByText('Nothing in these 24 hours')).toHaveLength(4);
    expect(screen.getByText('None in these 24 hours')).toBeVisible();
  });

  it('says so for a service that has never been open', async () => {
    renderApp(`/services/${SERVICES.failed}/operations`);
    expect(await screen.findByText('It has not been open yet')).toBeVisible();
  });
});
