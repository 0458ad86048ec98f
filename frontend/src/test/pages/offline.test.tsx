import 'fake-indexeddb/auto';
import { onlineManager } from '@tanstack/react-query';
import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetAll, remember } from '@/diagnosis/vault';
import { IDS } from '../ids';
import { renderApp } from '../render';
import { server } from '../server';

beforeEach(() => onlineManager.setOnline(false));
afterEach(async () => {
  onlineManager.setOnline(true);
  await forgetAll('coordinator');
});

describe('where the browser says that it is offline', () => {
  it('a platform on this machine or in this house is asked all the same', async () => {
    renderApp('/models');
    expect(await screen.findByRole('link', { name: 'Pneumonia, winter cohort' })).toBeVisible();
  });

  it('the history of this device is shown', async () => {
    await remember({
      id: '00000000-0000-4000-8000-00000000beef', user: 'coordinator', service: 's', signed: {}, source: 'thorax.png', sentAt: '2026-03-12T14:00:00Z', batch: null, keys: null,
      requestDigest: Uint8Array.of(1), receipt: null, answers: null, result: null, openedAt: null, failure: { code: 'diagnosis.expired', message: 'No answer came.' }, picture: null,
    });
    renderApp('/diagnose/history');
    expect(await screen.findByRole('link', { name: 'thorax.png' })).toBeVisible();
  });

  it('a page that cannot be loaded says so instead of loading for ever', async () => {
    server.use(http.get('*/api/v1/models', () => HttpResponse.error()));
    renderApp('/models');
    expect(await screen.findByRole('alert')).toHaveTextContent('The platform does not answer. Is it running, and is this machine online?');
  });

  it('what is asked of the platform fails now, and is not done later unasked', async () => {
    server.use(http.post('*/api/v1/jobs/:id/cancel', () => HttpResponse.error()));
    const { user } = renderApp(`/jobs/${IDS.waiting}`);
    await user.click(await screen.findByRole('button', { name: 'Cancel' }));
    const dialog = screen.getByRole('dialog');
    await user.click(within(dialog).getByRole('button', { name: 'Cancel the job' }));
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('The platform does not answer');
  });
});
