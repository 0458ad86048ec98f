import type { UseFormReturnType } from '@mantine/form';
import type { Values } from './values';

export type PublishFormState = UseFormReturnType<Values>;
