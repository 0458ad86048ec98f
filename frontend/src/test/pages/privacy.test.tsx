import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { exampleJob } from '../examples';
import { IDS } from '../ids';
import { PRIVATE_PLAN, privacyPreview } from '../privacy/ledger';
import { preview } from '../records';
import { renderApp } from '../render';
import { server } from '../server';

const answers = (path: string, body: object, status = 200) => server.use(http.get(`*/api/v1/${path}`, () => HttpResponse.json(body, { status })));

describe('the privacy ledger', () => {
  it('sets what each site has spent against its budget', async () => {
    renderApp('/privacy-ledger');
    const card = within(await screen.findByRole('region', { name: 'Spent at each site' }));
    expect(card.getByRole('row', { name: /^Basel ?chest-xray-pneumonia/ })).toHaveTextContent('5.84at δ 10⁻⁵97.3 % of 6.00! nearly used up');
    expect(card.getByText(/^No budget published by Delft:/)).toBeVisible();
    expect(card.getByRole('img', { name: 'ε 7.49, 74.9 % of 10.00, 1.13 reserved' })).toBeVisible();
  });

  it('shows what jobs that have not ended may still spend, and which they are', async () => {
    renderApp('/privacy-ledger');
    const card = within(await screen.findByRole('region', { name: 'Reserved by jobs that have not ended' }));
    expect(card.getAllByRole('row')).toHaveLength(3);
    expect(card.getByRole('row', { name: /^Aalborg/ })).toHaveTextContent(/Pneumonia, spring cohort, private.*488$/);
    expect(card.queryByRole('row', { name: /^Basel/ })).toBeNull();
    const spent = within(screen.getByRole('region', { name: 'Spent at each site' }));
    expect(spent.getByRole('row', { name: /^Coimbra/ })).toHaveTextContent('+ 1.26 reserved');
  });

  it('says nothing of reservations where there are none', async () => {
    answers('privacy-accounts', { next: null, previous: null, results: [] });
    renderApp('/privacy-ledger');
    await screen.findByRole('region', { name: 'Spent at each site' });
    expect(screen.queryByRole('region', { name: /^Reserved/ })).toBeNull();
    expect(screen.queryByText(/\d reserved$/)).toBeNull();
  });

  it('reads the steps aloud to whoever moves along them by keys', async () => {
    renderApp('/privacy-ledger');
    const chart = await screen.findByRole('slider', { name: /^Spent over time: chest-xray-pneumonia/ });
    fireEvent.keyDown(chart, { key: 'Home' });
    expect(chart).toHaveAttribute('aria-valuetext', expect.stringMatching(/: Aalborg ε 4.47 of 10.00, after “Pneumonia, autumn trial”$/));
    fireEvent.keyDown(chart, { key: 'End' });
    expect(chart).toHaveAttribute('aria-valuetext', expect.stringMatching(/Aalborg ε 7.49 of 10.00; Basel ε 5.84 of 6.00; Coimbra ε 6.33 of 12.00, after “Pneumonia, winter cohort, private”$/));
  });

  it('keeps filters and tables in the address', async () => {
    const { user, where } = renderApp('/privacy-ledger');
    await screen.findByRole('region', { name: 'Spent at each site' });
    await user.selectOptions(screen.getByLabelText('Site'), 'basel');
    await waitFor(() => expect(screen.getByLabelText('Site')).toHaveValue('basel'));
    await user.selectOptions(screen.getByLabelText('Study'), 'ct-lung-nodules');
    await waitFor(() => expect(where()).toBe('/privacy-ledger?site=basel&study=ct-lung-nodules'));
    const card = within(screen.getByRole('region', { name: 'Spent over time: ct-lung-nodules' }));
    await user.click(card.getByRole('button', { name: 'table' }));
    expect(await card.findByRole('row', { name: /Nodules, first trial/ })).toHaveTextContent('1.391');
    expect(where()).toBe('/privacy-ledger?site=basel&study=ct-lung-nodules&tables=ct-lung-nodules');
    expect(screen.queryByRole('region', { name: 'Spent over time: chest-xray-pneumonia' })).toBeNull();
  });

  it('asks the platform for one federation only', async () => {
    const asked: (string | null)[] = [];
    server.events.on('request:start', ({ request }) => {
      const url = new URL(request.url);
      if (url.pathname.endsWith('/privacy-ledger')) asked.push(url.searchParams.get('federation'));
    });
    renderApp('/privacy-ledger?federation=elsewhere');
    expect(await screen.findByText('Nothing in the ledger fits this filter')).toBeVisible();
    server.events.removeAllListeners();
    expect(asked).toEqual(['elsewhere']);
  });

  it('names the jobs that spent it, and leads to those that are here', async () => {
    const { user, where } = renderApp('/privacy-ledger?site=basel');
    const card = within(await screen.findByRole('region', { name: 'Jobs that spent it' }));
    expect(card.getAllByRole('row')).toHaveLength(4);
    expect(card.getByRole('row', { name: /private/ })).toHaveTextContent('local, per patient81764.4710⁻⁵5.84');
    await user.click(card.getByRole('link', { name: 'Pneumonia, winter cohort, private' }));
    await waitFor(() => expect(where()).toBe(`/jobs/${IDS.private}`));
  });

  it('says what is not covered', async () => {
    renderApp('/privacy-ledger');
    const card = within(await screen.findByRole('region', { name: 'What the guarantee covers' }));
    expect(card.getByRole('region', { name: 'What it does not cover' })).toHaveTextContent('exact sums over all sites');
  });
});

describe('the states of the ledger', () => {
  it('says what would bring something', async () => {
    answers('privacy-ledger', { next: null, previous: null, results: [] });
    renderApp('/privacy-ledger');
    expect(await screen.findByText('Nothing has been spent yet')).toBeVisible();
    expect(screen.getByRole('region', { name: 'What the guarantee covers' })).toBeVisible();
  });

  it('says that it may not be seen', async () => {
    answers('privacy-ledger', { code: 'request.not_allowed', message: 'Only members may see it.' }, 403);
    renderApp('/privacy-ledger');
    expect(await screen.findByRole('alert')).toHaveTextContent('You may not see the privacy ledger');
  });

  it('names what failed, and tries again', async () => {
    answers('privacy-ledger', { code: 'http.500', message: 'The database is away.' }, 500);
    const { user } = renderApp('/privacy-ledger');
    expect(await screen.findByRole('alert')).toHaveTextContent('Could not load the privacy ledger');
    server.resetHandlers();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('region', { name: 'Spent at each site' })).toBeVisible();
  });

  it('keeps what it has, marked with its time, when newer data do not come', async () => {
    const { cache } = renderApp('/privacy-ledger');
    await screen.findByRole('region', { name: 'Spent at each site' });
    answers('privacy-ledger', { code: 'backend.unavailable', message: 'The database is away.' }, 503);
    await cache.refetchQueries({ queryKey: ['privacy-ledger'] });
    expect(await screen.findByText(/^As of /)).toBeVisible();
    expect(screen.getByRole('region', { name: 'Spent at each site' })).toBeVisible();
  });
});

async function enoughNoise(user: ReturnType<typeof renderApp>['user']): Promise<void> {
  const noise = screen.getByLabelText('Noise multiplier');
  await user.clear(noise);
  await user.type(noise, '30');
  await waitFor(() => expect(screen.getByRole('button', { name: /Send to the sites/ })).toBeEnabled());
}

describe('a private training job', () => {
  const open = async () => {
    const app = renderApp('/jobs/new');
    await app.user.selectOptions(await screen.findByLabelText('Noise'), 'local');
    return app;
  };

  it('takes from the other fields what would break its promise, and gives it back', async () => {
    const { user } = await open();
    expect(screen.getByLabelText('Normalisation layers')).toHaveValue('group');
    expect(screen.getByLabelText('Normalisation layers')).toBeDisabled();
    expect(screen.getByLabelText('Local work is counted in')).toHaveValue('steps');
    expect(screen.getByRole('switch', { name: /^Weigh classes/ })).not.toBeChecked();
    await user.selectOptions(screen.getByLabelText('Noise'), 'distributed');
    expect(screen.getByLabelText('How updates are joined')).toHaveValue('fedsgd');
    expect(screen.getByLabelText('Steps a round')).toHaveValue('1');
    await user.selectOptions(screen.getByLabelText('Noise'), 'off');
    expect(screen.getByLabelText('Normalisation layers')).toHaveValue('batch');
    expect(screen.getByLabelText('How updates are joined')).toHaveValue('fedavg');
    expect(screen.getByLabelText('Steps a round')).toHaveValue('32');
    expect(screen.queryByLabelText('Delta')).toBeNull();
  });

  it('says before anybody is asked what it would spend, and at which site that is too much', async () => {
    await open();
    const card = within((await screen.findByText('of record, by PLD')).closest('section') ?? document.body);
    expect(card.getByText('5.36')).toBeVisible();
    expect(card.getByText('6.00', { selector: 'dl dd' })).toBeVisible();
    expect(card.getByText('This job would pass the budget')).toBeVisible();
    expect(screen.getByRole('button', { name: /Send to the sites/ })).toBeDisabled();
    expect(card.getByRole('row', { name: /^Basel/ })).toHaveTextContent('would pass the budget5.84');
    expect(card.getByRole('row', { name: /^Coimbra/ })).toHaveTextContent('Coimbra6.33+ 1.269.2912.00');
    expect(card.getByText(/^The confusion matrix and loss of every round/)).toBeVisible();
    expect(screen.getByRole('row', { name: /^Sum of at least 3 sites, and the model/ })).toHaveTextContent('with noisewith noise');
  });

  it('sends the promise with the grey scale that goes with it, and nothing of it when off', async () => {
    const sent: { settings: { privacy?: object; data: object } }[] = [];
    server.events.on('request:start', ({ request }) => {
      if (request.method === 'POST' && request.url.endsWith('/api/v1/jobs')) void request.clone().json().then((body) => sent.push(body as (typeof sent)[number]));
    });
    const { user } = await open();
    await user.type(screen.getByLabelText(/^Title/), 'Private cohort');
    await enoughNoise(user);
    await user.click(screen.getByRole('button', { name: /Send to the sites/ }));
    expect(await screen.findByRole('heading', { name: 'Private cohort' })).toBeVisible();
    server.events.removeAllListeners();
    expect(sent[0]?.settings.privacy).toEqual({ mode: 'local', unit: 'patient', noise_multiplier: 30, clip: 1, sample_rate: 0.05, delta: 1e-5, max_physical_batch: 16 });
    expect(sent[0]?.settings.data).toEqual({ image_size: 64, normalisation: { mean: 0.5, std: 0.25 } });
  });

  it('says of a site that keeps its ledger to itself only that', async () => {
    const told = { site: 'coimbra', study: 'chest-xray-pneumonia', spent: null, reserved: null, after: null, budget: null, delta: null, would_pass: false };
    const settings = { ...exampleJob().settings, privacy: PRIVATE_PLAN };
    const privacy = { ...privacyPreview(settings), sites: [told], would_pass: false };
    server.use(http.post('*/api/v1/jobs/preview', () => HttpResponse.json({ ...preview({ settings }), privacy })));
    await open();
    expect(await screen.findByRole('row', { name: /^Coimbra/ })).toHaveTextContent('Coimbra––none told');
  });

  it('finds the noise that a wanted epsilon takes, and says what it yields until something changes', async () => {
    const { user } = await open();
    const target = screen.getByLabelText('Wanted ε');
    await user.clear(target);
    await user.type(target, '2');
    await user.click(screen.getByRole('button', { name: 'Find the noise' }));
    expect(await screen.findByText(/^Noise 2\.275 yields ε 2\.00 by PLD, the figure of record, and 2\.24 by RDP, in 256 noisy steps\.$/)).toBeVisible();
    expect(screen.getByLabelText('Noise multiplier')).toHaveValue('2.275');
    await user.type(screen.getByRole('textbox', { name: 'Rounds' }), '0');
    expect(await screen.findByText(/^Something has changed since the noise was found/)).toBeVisible();
    expect(screen.getByText(/--epsilon 2 --rate 0.05 --steps 2560 --delta 0.00001/)).toBeVisible();
  });

  it('says why no noise is enough', async () => {
    answers('privacy-noise', { code: 'request.invalid', message: 'with any noise to 1000; take fewer steps', fields: {} }, 400);
    const { user } = await open();
    await user.click(screen.getByRole('button', { name: 'Find the noise' }));
    expect(await screen.findByText('with any noise to 1000; take fewer steps')).toBeVisible();
    expect(screen.getByLabelText('Noise multiplier')).toHaveValue('1');
  });

  it('refuses by itself a promise that nobody could keep', async () => {
    const { user } = await open();
    const delta = screen.getByLabelText('Delta');
    await user.clear(delta);
    await user.type(delta, '0');
    await user.tab();
    expect(await screen.findByText(/^Above 0, at most 0.01: less than/)).toBeVisible();
  });

  it('puts what the platform refuses in the preview beside its field', async () => {
    server.use(
      http.post('*/api/v1/jobs/preview', () =>
        HttpResponse.json({ code: 'request.invalid', message: 'Some settings do not fit; see fields.', fields: { 'settings.privacy.sample_rate': ['At this rate no site draws a batch.'] } }, { status: 400 }),
      ),
    );
    await open();
    expect(await screen.findByText('At this rate no site draws a batch.')).toBeVisible();
    expect(screen.getByLabelText('Sampling rate')).toBeInvalid();
  });
});

describe('a run that a budget has ended', () => {
  const PATH = `/jobs/${IDS.private}`;

  it('says whose budget, and after which round', async () => {
    renderApp(PATH);
    expect(await screen.findByText('Ended by the privacy budget of Basel after 8 rounds')).toBeVisible();
    expect(screen.getByText(/^The privacy budget of the study .* would be 6.061 .* The last model is kept, validated and tested.$/)).toBeVisible();
    expect(screen.getByText('ended: budget')).toBeVisible();
    expect(screen.getByText('8 of 12')).toBeVisible();
    expect(screen.getByText(/ended the training after 8 rounds: the privacy budget/)).toBeVisible();
    expect(screen.queryByText('Round 9')).toBeNull();
  });

  it('leads to the ledger of that site', async () => {
    const { user, where } = renderApp(PATH);
    await user.click(await screen.findByRole('link', { name: 'Its ledger' }));
    await waitFor(() => expect(where()).toBe('/privacy-ledger?site=basel&study=chest-xray-pneumonia'));
  });

  it('leaves epsilon with the model', async () => {
    renderApp('/models/model-c708');
    expect(await screen.findByText(/^ε 4.47 at δ 10⁻⁵, hides a patient with all images/)).toBeVisible();
    expect(screen.getByText(/ended when a site’s privacy budget was used up$/)).toBeVisible();
  });
});
