import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { seriousFindings } from '../axe';
import { renderApp } from '../render';
import { server } from '../server';
import { STUDIES } from '../study/ids';

const CASES = `case,sha256,truth\n0001,${'a'.repeat(64)},viral\n0002,${'b'.repeat(64)},normal\n`;
const csv = (text: string) => new File([text], 'cases.csv', { type: 'text/csv' });

describe('the list of reader studies', () => {
  it('says where each stands, and what one is asked to read', async () => {
    renderApp('/reader-studies');
    expect(await screen.findByRole('row', { name: /^Children’s chests, spring/ })).toHaveTextContent('1 of 3 readers has read all');
    const own = screen.getByRole('row', { name: /second reading/ });
    expect(own).toHaveTextContent('you have read 9 of 24');
    expect(within(own).getByRole('link', { name: /^read/ })).toHaveAttribute('href', `/reader-studies/${STUDIES.reading}/read`);
    expect(await seriousFindings()).toEqual([]);
  });

  it('keeps its filter in the address, and says what would bring a study', async () => {
    const { user, where } = renderApp('/reader-studies?state=dancing');
    expect(await screen.findAllByRole('row')).toHaveLength(5);
    await user.selectOptions(screen.getByLabelText('State'), 'closed');
    await waitFor(() => expect(screen.getAllByRole('row')).toHaveLength(2));
    expect(where()).toBe('/reader-studies?state=closed');
    server.use(http.get('*/api/v1/reader-studies', () => HttpResponse.json({ next: null, previous: null, results: [] })));
    await user.selectOptions(screen.getByLabelText('State'), 'draft');
    expect(await screen.findByText('No study fits this filter')).toBeVisible();
  });

  it('tells an error in the platform’s words and tries again', async () => {
    server.use(http.get('*/api/v1/reader-studies', () => HttpResponse.json({ code: 'x', message: 'The database is away.' }, { status: 503 }), { once: true }));
    const { user } = renderApp('/reader-studies');
    expect(await screen.findByText('The database is away.')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('row', { name: /^Children’s chests, spring/ })).toBeVisible();
  });
});

describe('a new study', () => {
  it('takes the table from a file and the classes from the table', async () => {
    const { user, where } = renderApp('/reader-studies/new');
    await user.click(await screen.findByRole('button', { name: 'Make the study' }));
    expect(screen.getByText('Choose the table of cases')).toBeVisible();
    await user.type(screen.getByLabelText(/^Title/), 'Chests');
    await user.upload(screen.getByLabelText('Table of cases'), csv(CASES));
    expect(await screen.findByText('2 cases; truth: normal, viral')).toBeVisible();
    expect(screen.getByLabelText(/^Classes/)).toHaveValue('normal, viral');
    await user.type(screen.getByLabelText(/^Question/), 'Which?');
    await user.type(screen.getByLabelText('Margin of non-inferiority'), '0.05');
    await user.click(screen.getByRole('button', { name: 'Make the study' }));
    await waitFor(() => expect(where()).toMatch(/^\/reader-studies\/[0-9a-f-]{36}$/));
    expect(await screen.findByText(/5.0 % in accuracy, stated/)).toBeVisible();
  });

  it('puts what the platform says beside the field', async () => {
    const { user } = renderApp('/reader-studies/new');
    await user.type(await screen.findByLabelText(/^Title/), 'taken');
    await user.upload(screen.getByLabelText('Table of cases'), csv(CASES));
    await user.type(screen.getByLabelText(/^Question/), 'Which?');
    await user.click(screen.getByRole('button', { name: 'Make the study' }));
    expect(await screen.findByText('A study of this title is open.')).toBeVisible();
  });
});

describe('a study that is open', () => {
  it('shows progress to its coordinator, and no result before they ask for it', async () => {
    const { user } = renderApp(`/reader-studies/${STUDIES.open}`);
    expect(await screen.findByRole('row', { name: /^Reader 2/ })).toHaveTextContent('87 of 120');
    expect(screen.queryByRole('region', { name: 'Raters against the truth' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Look now' }));
    expect(await screen.findByText('Figures of a study that is still open')).toBeVisible();
    expect(await screen.findByRole('region', { name: 'Raters against the truth' })).toBeVisible();
  });

  it('brings readers in, bars who knows, and withdraws after a second question', async () => {
    const { user } = renderApp(`/reader-studies/${STUDIES.open}`);
    const select = await screen.findByLabelText('Reader');
    expect(within(select).getByRole('option', { name: 'Coordinator (has seen the truth)' })).toBeDisabled();
    await user.selectOptions(select, 'Reader account 4 (clinician)');
    await user.click(within(screen.getByRole('form', { name: 'Bring a reader in' })).getByRole('button', { name: 'Bring in' }));
    expect(await screen.findByRole('row', { name: /^Reader 5/ })).toHaveTextContent('reader-4');
    await user.click(screen.getByRole('button', { name: 'Withdraw Reader 5' }));
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Withdraw' }));
    await waitFor(() => expect(screen.getByRole('row', { name: /^Reader 5/ })).toHaveTextContent('withdrawn'));
  });

  it('names who has not read all before it is closed for good', async () => {
    const { user } = renderApp(`/reader-studies/${STUDIES.open}`);
    await user.click(await screen.findByRole('button', { name: 'Close' }));
    const dialog = screen.getByRole('dialog');
    expect(dialog).toHaveTextContent('2 readers have not read every case yet');
    await user.click(within(dialog).getByRole('button', { name: 'Close for good' }));
    expect(await screen.findByRole('region', { name: 'Raters against the truth' })).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Close' })).toBeNull();
  });

  it('takes no second look by itself when it changes after the first', async () => {
    let looks = 0;
    let closed = false;
    server.use(
      http.get('*/api/v1/reader-studies/:id/comparison', () => {
        if (!closed) looks += 1;
      }),
      http.post('*/api/v1/reader-studies/:id/close', () => {
        closed = true;
      }),
    );
    const { user } = renderApp(`/reader-studies/${STUDIES.open}`);
    await user.click(await screen.findByRole('button', { name: 'Look now' }));
    expect(await screen.findByText('Figures of a study that is still open')).toBeVisible();
    await user.selectOptions(await screen.findByLabelText('Reader'), 'Reader account 4 (clinician)');
    await user.click(within(screen.getByRole('form', { name: 'Bring a reader in' })).getByRole('button', { name: 'Bring in' }));
    expect(await screen.findByRole('row', { name: /^Reader 5/ })).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Close' }));
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Close for good' }));
    await waitFor(() => expect(screen.queryByText('Figures of a study that is still open')).toBeNull());
    expect(looks).toBe(1);
  });

  it('does not offer to close for good in the dialog that has just opened it', async () => {
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    const { user } = renderApp(`/reader-studies/${STUDIES.draft}`);
    await user.click(await screen.findByRole('button', { name: 'Open for reading' }));
    server.use(http.get('*/api/v1/reader-studies/:id', () => held));
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Open for reading' }));
    expect(await screen.findByText('open for reading')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Close for good' })).toBeNull();
    answer();
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(screen.getByRole('button', { name: 'Close' })).toBeVisible();
  });

  it('shows a reader nothing of the others', async () => {
    renderApp(`/reader-studies/${STUDIES.reading}`);
    expect(await screen.findByText('Hidden from you until the study is closed')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Look now' })).toBeNull();
    expect(screen.queryByRole('form')).toBeNull();
    expect(screen.getByRole('row', { name: /Reader 2 \(you\)/ })).toBeVisible();
  });

  it('says that a study is not for everybody', async () => {
    renderApp('/reader-studies/8f2e6c31-4d55-4b1c-9a6f-7c3d5e1fd999');
    expect(await screen.findByText('You may not see this study, or it does not exist')).toBeVisible();
  });
});

describe('the comparison of raters', () => {
  const open = (search = '') => renderApp(`/reader-studies/${STUDIES.closed}${search}`);

  it('has every rater with its interval, and says who looked early', async () => {
    open();
    const table = await screen.findByRole('region', { name: 'Raters against the truth' });
    expect(within(table).getByRole('row', { name: /^ResNet-18, v1/ })).toHaveTextContent('89.2 %82.3 % to 93.6 %');
    expect(within(table).getByRole('row', { name: /^Reader 2/ })).toHaveTextContent('3 amended');
    expect(screen.getByText('The comparison was looked at once before the study was closed')).toBeVisible();
    expect(await seriousFindings()).toEqual([]);
  });

  it('turns a pair round with its sign, and keeps what is shown in the address', async () => {
    const { user, where } = open();
    const matrix = await screen.findByRole('region', { name: 'Every pair: Difference' });
    expect(within(matrix).getByRole('row', { name: /^Reader 1 / })).toHaveTextContent('−6.7 pp−14.4 pp to +0.8 pp');
    expect(within(matrix).getByRole('rowheader', { name: /^ResNet/ }).closest('tr')).toHaveTextContent('+6.7 pp−0.8 pp to +14.4 pp');
    await user.click(screen.getByText('McNemar'));
    expect(await screen.findByRole('region', { name: 'Every pair: McNemar' })).toHaveTextContent('Holm < 0.001');
    expect(where()).toContain('pairs=p');
  });

  it('judges against the margin, from the side of whoever is chosen', async () => {
    const { user } = open();
    await user.click(within(await screen.findByRole('region', { name: 'Non-inferiority' })).getByRole('button', { name: 'table' }));
    const table = () => screen.getByRole('region', { name: 'Non-inferiority, as a table' });
    await screen.findByRole('region', { name: 'Non-inferiority, as a table' });
    expect(within(table()).getByRole('row', { name: /^Reader 3/ })).toHaveTextContent('inferior');
    await user.selectOptions(screen.getByLabelText('Compared with'), 'Reader 2');
    await waitFor(() => expect(within(table()).getByRole('row', { name: /^Reader 1/ })).toHaveTextContent('non-inferior'));
  });

  it('says where each rater stands to whoever goes there by keyboard', async () => {
    const { user } = open('?roc=viral');
    const chart = await screen.findByRole('slider', { name: /^Sensitivity and false alarms of viral/ });
    chart.focus();
    await user.keyboard('{ArrowRight}{ArrowRight}');
    expect(chart).toHaveAttribute('aria-valuetext', expect.stringMatching(/^Reader 1: sensitivity .* %, false alarms .* %$/));
    expect(screen.getByText(/AUC 0.96/)).toBeVisible();
  });

  it('says why there is nothing to compare', async () => {
    server.use(http.get('*/api/v1/reader-studies/:id/comparison', () => HttpResponse.json({ code: 'readings.nothing_to_compare', message: 'No rater has read all 120 cases yet.' }, { status: 409 })));
    open();
    expect(await screen.findByText('No rater has read all 120 cases yet.')).toBeVisible();
  });
});
