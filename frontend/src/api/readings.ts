import { type QueryKey, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { settled } from './client';
import { api, everyPage, got } from './http';
import type { components } from './schema';

/** Reader studies. What goes up is labels and times; no picture, and no name of a file, is ever part of a request. */

type Schemas = components['schemas'];
type Told<Schema> = { -readonly [Name in keyof Schema]-?: Schema[Name] };

export type StudyState = Schemas['ReaderStudyStateEnum'];
export type RaterKind = Schemas['RaterKindEnum'];
export type Rater = Told<Schemas['RaterOutput']>;
export type Study = Omit<Told<Schemas['StudyOutput']>, 'raters'> & { raters: Rater[] };
export type StudyDetail = Study & { looks: Schemas['LookOutput'][] };
export type OwnReading = Told<Schemas['OwnReadingOutput']>;
export type WorkItem = Omit<Told<Schemas['WorkItemOutput']>, 'reading'> & { reading: OwnReading | null };
export interface Worklist {
  rater: string;
  items: WorkItem[];
}
export type Candidate = Schemas['CandidateOutput'];
export type Rated = Told<Schemas['RatedOutput']>;
export type Pair = Told<Schemas['RaterPairOutput']>;
export type RaterCurve = Schemas['RaterCurveOutput'];
export type Figure = Schemas['RaterFigureOutput'];
export type Comparison = Told<Schemas['ComparisonOutput']>;
export type Which = 'all' | 'common';

export interface StudyFilter {
  federation?: string;
  state?: StudyState;
}

export interface NewStudy {
  id: string;
  federation: string;
  title: string;
  question: string;
  classes: string[];
  margin: string | null;
  washout: string;
  ask_confidence: boolean;
  cases: string;
}

export interface GivenReading {
  id: string;
  case: string;
  label: string;
  confidence: number | null;
  shown_at: string;
  read_at: string;
  seconds: number;
  replaces: string | null;
}

export interface ImportedTable {
  kind: 'person' | 'model';
  name: string;
  table: string;
  model_version: string | null;
}

const OPEN_REFRESH_MS = 5_000;
const of = (id: string) => ({ params: { path: { id } } });

export const studiesQuery = (filter: StudyFilter) =>
  queryOptions({
    queryKey: ['reader-studies', 'list', filter],
    queryFn: ({ signal }) => everyPage<Study>(api.GET('/api/v1/reader-studies', { params: { query: filter }, signal }), signal),
    refetchInterval: OPEN_REFRESH_MS,
  });

export const studyQuery = (id: string) =>
  queryOptions({
    queryKey: ['reader-studies', id],
    queryFn: ({ signal }) => got<StudyDetail>(api.GET('/api/v1/reader-studies/{id}', { ...of(id), signal })),
    refetchInterval: ({ state }) => (state.data?.state === 'open' ? OPEN_REFRESH_MS : false),
  });

export const worklistQuery = (id: string) =>
  queryOptions({
    queryKey: ['reader-studies', id, 'worklist'],
    queryFn: ({ signal }) => got<Worklist>(api.GET('/api/v1/reader-studies/{id}/worklist', { ...of(id), signal })),
  });

export const candidatesQuery = (id: string) =>
  queryOptions({
    queryKey: ['reader-studies', id, 'candidates'],
    queryFn: ({ signal }) => got<Candidate[]>(api.GET('/api/v1/reader-studies/{id}/candidates', { ...of(id), signal })),
  });

/** Asked for once, since a look before the end is kept. */
export const comparisonQuery = (id: string, cases: Which) =>
  queryOptions({
    queryKey: ['reader-studies', id, 'comparison', cases],
    queryFn: ({ signal }) => got<Comparison>(api.GET('/api/v1/reader-studies/{id}/comparison', { params: { path: { id }, query: { cases } }, signal })),
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    staleTime: 60_000,
  });

export const giveReading = (study: string, body: GivenReading) => got<OwnReading>(api.POST('/api/v1/reader-studies/{id}/readings', { ...of(study), body }));

export const fetchTable = (study: string, cases: Which) => got<string>(api.GET('/api/v1/reader-studies/{id}/readings.csv', { params: { path: { id: study }, query: { cases } }, parseAs: 'text' }));

export const fetchLog = (study: string) => got<string>(api.GET('/api/v1/reader-studies/{id}/log.csv', { ...of(study), parseAs: 'text' }));

function useChange<Given>(id: string, change: (given: Given) => Promise<StudyDetail>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async (study) => {
      await settled(cache, studyQuery(id).queryKey, study);
      // A look before the end is kept and told: figures are asked for anew by whoever looks again, never by the page itself.
      const asksByItself = ({ queryKey }: { queryKey: QueryKey }) => study.state === 'closed' || queryKey[2] !== 'comparison';
      void cache.invalidateQueries({ queryKey: ['reader-studies', id, 'comparison'], refetchType: 'none' });
      return cache.invalidateQueries({ queryKey: ['reader-studies'], predicate: asksByItself });
    },
  });
}

export function useCreateStudy() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: NewStudy) => got<StudyDetail>(api.POST('/api/v1/reader-studies', { body })),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['reader-studies', 'list'] }),
  });
}

export const useOpenStudy = (id: string) => useChange<undefined>(id, () => got(api.POST('/api/v1/reader-studies/{id}/open', of(id))));

export const useCloseStudy = (id: string) => useChange<undefined>(id, () => got(api.POST('/api/v1/reader-studies/{id}/close', of(id))));

export const useAssign = (id: string) => useChange<string>(id, (user) => got(api.POST('/api/v1/reader-studies/{id}/readers', { ...of(id), body: { user } })));

export const useImport = (id: string) => useChange<ImportedTable>(id, (body) => got(api.POST('/api/v1/reader-studies/{id}/raters', { ...of(id), body })));

export const useWithdraw = (id: string) =>
  useChange<string>(id, (rater) => got(api.POST('/api/v1/reader-studies/{id}/raters/{rater_id}/withdraw', { params: { path: { id, rater_id: rater } } })));
