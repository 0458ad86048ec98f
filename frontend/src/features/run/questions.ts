import type { JobAction } from '@/api/jobs';

interface Question {
  button: string;
  title: string;
  confirm: string;
  text: string;
}

/** What is asked before a job is told to do something, with what will come of it. */
export const QUESTIONS: Record<JobAction, Question> = {
  submit: {
    button: 'Send to sites',
    title: 'Send this job to its sites?',
    confirm: 'Send to sites',
    text: 'Each site reviews the plan and signs it or refuses. The job starts by itself when all have signed.',
  },
  pause: {
    button: 'Pause',
    title: 'Pause this job?',
    confirm: 'Pause',
    text: 'The open round goes on to its end, since half a round cannot be kept. No other is opened until the job is resumed.',
  },
  resume: {
    button: 'Resume',
    title: 'Resume this job?',
    confirm: 'Resume',
    text: 'The job goes on with its next round, as soon as no other job of the federation runs.',
  },
  cancel: {
    button: 'Cancel',
    title: 'Cancel this job for good?',
    confirm: 'Cancel the job',
    text: 'It stops at every site and cannot be resumed. Its rounds and its log stay readable.',
  },
};
