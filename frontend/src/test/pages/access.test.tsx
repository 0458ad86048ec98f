import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { renderApp } from '../render';
import { server } from '../server';

const PATH = '/api-access';

describe('tokens', () => {
  it('shows a new token once, and in the list from then on', async () => {
    const { user } = renderApp(PATH);
    await user.type(await screen.findByLabelText('Name of the program'), 'ward 7');
    await user.type(screen.getByLabelText('Diagnoses a day'), '40');
    await user.click(screen.getByRole('button', { name: 'Make a token' }));
    expect(await screen.findByLabelText('Token of ward 7')).toHaveTextContent(/^pat_/);
    // Another one would take its place before it is written down.
    expect(screen.getByRole('button', { name: 'Make a token' })).toBeDisabled();
    await user.click(screen.getByRole('button', { name: 'I have it' }));
    expect(document.body.textContent).not.toContain('pat_');
    expect(screen.getByRole('button', { name: 'Make a token' })).toBeEnabled();
    const row = await screen.findByRole('row', { name: /^ward 7/ });
    expect(row).toHaveTextContent('diagnoses, read40 diagnoses');
  });

  it('refuses a token without a name or a scope, beside the field', async () => {
    const { user } = renderApp(PATH);
    await user.click(await screen.findByRole('checkbox', { name: /^diagnoses/ }));
    await user.click(screen.getByRole('checkbox', { name: /^read / }));
    await user.click(screen.getByRole('button', { name: 'Make a token' }));
    expect(screen.getByText('Name the program that will use it')).toBeVisible();
    expect(screen.getByText('A token without a scope may do nothing; choose one')).toBeVisible();
  });

  it('puts what the platform refuses beside its field', async () => {
    const { user } = renderApp(PATH);
    await user.type(await screen.findByLabelText('Name of the program'), 'nightly report');
    await user.click(screen.getByRole('button', { name: 'Make a token' }));
    expect(await screen.findByText('You have a token of this name.')).toBeVisible();
  });

  it('revokes one after a second question', async () => {
    const { user } = renderApp(PATH);
    await user.click(await screen.findByRole('button', { name: 'Revoke nightly report' }));
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Revoke' }));
    await waitFor(() => expect(screen.queryByRole('row', { name: /^nightly report/ })).toBeNull());
  });

  it('says so when there are none', async () => {
    server.use(http.get('*/api/v1/auth/tokens', () => HttpResponse.json({ next: null, previous: null, results: [] })));
    renderApp(PATH);
    expect(await screen.findByText('You have no tokens')).toBeVisible();
  });
});

describe('examples', () => {
  it('name a service that is open, hold no secret, and keep the language in the address', async () => {
    const { user, where } = renderApp(PATH);
    const service = await screen.findByLabelText<HTMLSelectElement>('Service');
    await waitFor(() => expect(screen.getByLabelText('Example')).toHaveTextContent(`/services/${service.value} --json`));
    expect(screen.getByLabelText('Example')).toHaveTextContent('primia diagnose chest.png --service');
    await user.click(screen.getByRole('button', { name: 'Copy' }));
    expect(await screen.findByText('copied')).toBeVisible();
    await user.click(screen.getByText('Python'));
    await waitFor(() => expect(screen.getByLabelText('Example')).toHaveTextContent('os.environ["PRIMIA_TOKEN"]'));
    expect(where()).toBe('/api-access?language=python');
    expect(screen.queryByText('copied')).toBeNull(); // another text was
  });

  it('lead to the API pages of this very platform', async () => {
    renderApp(PATH);
    expect(await screen.findByRole('link', { name: 'API pages' })).toHaveAttribute('href', '/api/v1/docs');
  });
});

describe('webhooks', () => {
  it('shows a secret once, with code that checks a message', async () => {
    const { user } = renderApp(PATH);
    await user.type(await screen.findByLabelText('Address to call'), 'https://ris.example/hook');
    await user.click(screen.getByRole('button', { name: 'Make a webhook' }));
    expect(await screen.findByLabelText('Secret of this webhook')).toHaveTextContent(/^whsec_/);
    expect(screen.getByLabelText('Python code that checks a message')).toHaveTextContent('hmac.compare_digest');
    await user.click(screen.getByRole('button', { name: 'I have it' }));
    expect(document.body.textContent).not.toContain('whsec_');
  });

  it('refuses what is no address', async () => {
    const { user } = renderApp(PATH);
    await user.type(await screen.findByLabelText('Address to call'), 'ftp://x');
    await user.click(screen.getByRole('button', { name: 'Make a webhook' }));
    expect(screen.getByText('An address that begins with https://')).toBeVisible();
  });

  it('sends a test and shows what it came to', async () => {
    const { user } = renderApp(PATH);
    await user.click(await screen.findByRole('button', { name: /^Send a test message to https:\/\/pacs/ }));
    const row = await screen.findByRole('row', { name: /webhook\.test/ });
    expect(row).toHaveTextContent('✓ delivered');
    expect(screen.getByText('✕ given up')).toBeVisible();
  });

  it('deletes one after a second question', async () => {
    const { user } = renderApp(PATH);
    await user.click(await screen.findByRole('button', { name: /^Delete the webhook to/ }));
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Delete' }));
    expect(await screen.findByText('You have no webhooks')).toBeVisible();
  });
});
