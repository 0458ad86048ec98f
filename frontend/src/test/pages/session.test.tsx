import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { renderApp } from '../render';
import { server, setHub } from '../server';

describe('logging in', () => {
  it('sends a stranger to the log-in, and back to where they wanted to go', async () => {
    setHub(null, false);
    const { user, where } = renderApp('/models?x=1');
    await user.type(await screen.findByLabelText('User name'), 'coordinator');
    await user.type(screen.getByLabelText('Password'), 'right');
    await user.click(screen.getByRole('button', { name: 'Log in' }));
    expect(await screen.findByRole('heading', { name: 'Models' })).toBeVisible();
    expect(where()).toMatch(/^\/models/);
  });

  it('follows no address of another origin after the log-in', async () => {
    setHub(null, false);
    const { user, where } = renderApp('/log-in?next=%2F%2Fevil.example%2F');
    await user.type(await screen.findByLabelText('User name'), 'coordinator');
    await user.type(screen.getByLabelText('Password'), 'right');
    await user.click(screen.getByRole('button', { name: 'Log in' }));
    await screen.findByRole('heading', { name: 'Portfolio' });
    expect(where()).toBe('/');
  });

  it('says what is missing or wrong, in the platform’s words', async () => {
    setHub(null, false);
    const { user } = renderApp('/log-in');
    await user.click(await screen.findByRole('button', { name: 'Log in' }));
    expect(screen.getByText('Enter your password')).toBeVisible();
    await user.type(screen.getByLabelText('User name'), 'coordinator');
    await user.type(screen.getByLabelText('Password'), 'wrong');
    await user.click(screen.getByRole('button', { name: 'Log in' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('User name or password is wrong.');
  });

  it('offers a new log-in when the session has ended under an open page', async () => {
    server.use(http.get('*/api/v1/models', () => HttpResponse.json({ code: 'request.not_authenticated', message: 'Log in first.' }, { status: 401 })));
    renderApp('/models');
    expect(await screen.findByText('You are no longer logged in')).toBeVisible();
  });

  it('logs out', async () => {
    const { user } = renderApp('/');
    await user.click(await screen.findByRole('button', { name: 'Log out' }));
    expect(await screen.findByRole('button', { name: 'Log in' })).toBeVisible();
  });
});
