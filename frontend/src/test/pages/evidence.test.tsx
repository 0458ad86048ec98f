import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { evaluations } from '../evidence/evidence';
import { EVIDENCE, IDS } from '../ids';
import { renderApp } from '../render';
import { server } from '../server';

const PATH = `/evaluations/${EVIDENCE.evaluation}`;

const answers = (path: string, body: object, status = 200) => server.use(http.get(`*/api/v1/${path}`, () => HttpResponse.json(body, { status })));

function detail() {
  const [first] = evaluations(Date.now());
  if (first === undefined) throw new Error('the fixtures hold no evaluation');
  return first;
}

describe('an evaluation', () => {
  it('gives every interval the name of its method', async () => {
    renderApp(PATH);
    const table = within(await screen.findByRole('table', { name: 'Figures with intervals and methods' }));
    expect(table.getByRole('row', { name: /^Accuracy/ })).toHaveTextContent('84.1 %[81.1, 86.8] %Wilson');
    expect(table.getByRole('row', { name: /exact interval/ })).toHaveTextContent('Clopper–Pearson');
    expect(table.getAllByText('bootstrap over patients')).toHaveLength(2);
    expect(screen.getByText('percentiles of 200 resamples of whole patients')).toBeVisible();
  });

  it('names the area of hard labels as such, beside the others', async () => {
    renderApp(PATH);
    const row = await screen.findByRole('row', { name: /^hard labels/ });
    expect(row).toHaveTextContent('0.87');
    expect(screen.getByRole('row', { name: /^one class against the others/ })).toHaveTextContent('0.95');
  });

  it('reads curves aloud to whoever moves along them by keys', async () => {
    renderApp(PATH);
    const roc = await screen.findByRole('slider', { name: /^ROC/ });
    fireEvent.keyDown(roc, { key: 'Home' });
    fireEvent.keyDown(roc, { key: 'ArrowRight' });
    expect(roc).toHaveAttribute('aria-valuetext', expect.stringMatching(/^false alarm rate 0.02: normal, AUC 0.96 \[0.95, 0.98\]: sensitivity 0\.\d\d;/));
    const bins = screen.getByRole('slider', { name: /^Reliability/ });
    fireEvent.keyDown(bins, { key: 'End' });
    expect(bins).toHaveAttribute('aria-valuetext', expect.stringMatching(/^93.3 % to 100.0 % sure, .* of 199 images$/));
    const groups = screen.getByRole('slider', { name: /^By subgroup/ });
    fireEvent.keyDown(groups, { key: 'ArrowDown' });
    expect(groups).toHaveAttribute('aria-valuetext', 'Age, years, 0-4, too few images: not shown');
  });

  it('keeps the row of a group that is not shown, and tells nothing of it', async () => {
    const { user } = renderApp(PATH);
    const card = within(await screen.findByRole('region', { name: 'By subgroup' }));
    await user.click(card.getByRole('button', { name: 'table' }));
    expect(await card.findByRole('row', { name: /^Age, years: 0-4/ })).toHaveTextContent('too few imagesnot shown––');
  });

  it('keeps what is looked at in the address', async () => {
    const { user, where } = renderApp(PATH);
    await user.click(await screen.findByRole('button', { name: 'viral' }));
    expect(await screen.findByRole('region', { name: 'Decision curve: acting on “viral”' })).toBeVisible();
    await user.click(within(screen.getByRole('region', { name: 'By site' })).getByRole('button', { name: 'MCC' }));
    expect(where()).toBe(`${PATH}?class=viral&measure=mcc`);
  });

  it('marks sites by the names and signs that they have everywhere', async () => {
    const { user } = renderApp(PATH);
    const card = within(await screen.findByRole('region', { name: 'By site' }));
    await user.click(card.getByRole('button', { name: 'table' }));
    expect(await card.findByRole('row', { name: /^Coimbra 143 images/ })).toBeVisible();
  });

  it('says that figures of validation images flatter, and draws no forest of sites where none was allowed', async () => {
    renderApp(`/evaluations/${EVIDENCE.trial}`);
    expect(await screen.findByText('These images took part in choosing the model')).toBeVisible();
    expect(screen.queryByRole('region', { name: 'By site' })).toBeNull();
    expect(screen.getByText('No subgroups were asked for')).toBeVisible();
  });

  it('hands out the report in four forms', async () => {
    renderApp(PATH);
    const card = within(await screen.findByRole('region', { name: 'Report on the model' }));
    expect(card.getAllByRole('link').map((link) => link.getAttribute('href'))).toEqual(['html', 'pdf', 'csv', 'json'].map((format) => `/api/v1/model-versions/model-c702/report?format=${format}`));
  });

  it('draws what is there when classes have no curve and no interval', async () => {
    const found = detail();
    const { document } = found;
    const none = { value: null, low: null, high: null, method: null };
    const bare = { ...document, accuracy_by_patient: null, mcc_by_patient: null, per_class: document.per_class.map((one) => ({ ...one, roc: null, auc: none, f1: none })), auc_ovr_macro: null, auc_hardlabel_ovr_macro: null };
    answers('evaluations/:id', { ...found, document: bare });
    renderApp(PATH);
    expect(await screen.findByText('No curve')).toBeVisible();
    expect(screen.getAllByText('not defined')).toHaveLength(6);
  });
});

describe('the states of evidence', () => {
  it('says that it may not be seen', async () => {
    answers('evaluations/:id', { code: 'request.not_found', message: 'There is no such thing, or you may not see it.' }, 404);
    renderApp(PATH);
    expect(await screen.findByRole('alert')).toHaveTextContent('You may not see this evaluation, or it does not exist');
  });

  it('names what failed, and tries again', async () => {
    answers('evaluations', { code: 'http.500', message: 'The database is away.' }, 500);
    const { user } = renderApp('/evidence');
    expect(await screen.findByRole('alert')).toHaveTextContent('Could not load evaluations');
    server.resetHandlers();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect((await screen.findAllByRole('link', { name: /^Pneumonia, winter cohort/ })).length).toBeGreaterThan(2);
  });

  it('keeps what it has, marked with its time, when newer data do not come', async () => {
    const { cache } = renderApp(PATH);
    await screen.findByRole('region', { name: 'By site' });
    answers('evaluations/:id', { code: 'backend.unavailable', message: 'The database is away.' }, 503);
    await cache.refetchQueries({ queryKey: ['evaluations'] });
    expect(await screen.findByText(/^As of /)).toBeVisible();
    expect(screen.getByRole('region', { name: 'By site' })).toBeVisible();
  });

  it('says what would bring something', async () => {
    answers('evaluations', { next: null, previous: null, results: [] });
    answers('attack-audits', { next: null, previous: null, results: [] });
    renderApp('/evidence');
    expect(await screen.findByText('No evaluations yet')).toBeVisible();
    expect(await screen.findByText('No attack audits yet')).toBeVisible();
  });

  it('is listed on the model’s page, with the ways to more of it', async () => {
    const { user, where } = renderApp('/models/model-c702');
    const card = within(await screen.findByRole('region', { name: 'Evidence' }));
    expect(await card.findByRole('link', { name: 'Evaluation on 624 test images' })).toBeVisible();
    expect(card.getByText('leak shown')).toBeVisible();
    await user.click(card.getByRole('link', { name: 'Evaluate at the sites' }));
    await waitFor(() => expect(where()).toBe('/evaluations/new?model=model-c702'));
  });

  it('is linked from the job that found it', async () => {
    const { user, where } = renderApp(`/jobs/${IDS.evaluated}`);
    expect(await screen.findByText('The model’s answers are counted')).toBeVisible();
    expect(screen.getByText(/finished the evaluation/)).toBeVisible();
    expect(screen.queryByText('Validation MCC by round')).toBeNull();
    expect(screen.getByRole('row', { name: /^One site's confusion matrix/ })).toHaveTextContent('publicpublic');
    await user.click(screen.getByRole('link', { name: 'See the evaluation' }));
    await waitFor(() => expect(where()).toBe(PATH));
  });
});
