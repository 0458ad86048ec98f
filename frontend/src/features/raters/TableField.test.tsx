import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { TableField } from './TableField';

it('takes the table that was chosen last, also when one chosen before is read later', async () => {
  const told: string[] = [];
  render(<TableField label="Table" description="" error={null} onText={(text) => told.push(text)} />);
  let hand: (text: string) => void = () => undefined;
  const slow = Object.assign(new File([''], 'slow.csv'), { text: () => new Promise<string>((resolve) => (hand = resolve)) });
  const user = userEvent.setup();
  await user.upload(screen.getByLabelText('Table'), slow);
  expect(told).toEqual(['']);
  await user.upload(screen.getByLabelText('Table'), Object.assign(new File([''], 'quick.csv'), { text: () => Promise.resolve('quick') }));
  await waitFor(() => expect(told.at(-1)).toBe('quick'));
  hand('slow');
  await Promise.resolve();
  expect(told).toEqual(['', '', 'quick']);
});
