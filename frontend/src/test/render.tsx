import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createQueryClient } from '@/api/client';
import { createAppRouter } from '@/routes/router';
import { Look } from '@/ui/Look';

/** The whole application at an address, over the fixture hub. */
export function renderApp(path: string) {
  const cache = createQueryClient();
  const { queries, ...rest } = cache.getDefaultOptions();
  cache.setDefaultOptions({ ...rest, queries: { ...queries, retry: false } });
  const history = createMemoryHistory({ initialEntries: [path] });
  const router = createAppRouter(cache, history);
  const user = userEvent.setup();
  render(
    <Look>
      <QueryClientProvider client={cache}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </Look>,
  );
  return { user, cache, where: () => router.history.location.href };
}
