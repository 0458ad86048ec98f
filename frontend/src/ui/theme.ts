import { createTheme, type VariantColorsResolver } from '@mantine/core';

/** Mantine drawn with our tokens: its own palette does not reach WCAG AA. */

const PLAIN = { background: 'var(--card)', hover: 'var(--bg)', color: 'var(--ink)', border: '1px solid var(--line)' };

const colours: VariantColorsResolver = ({ variant, color }) => {
  const bad = color === 'red';
  const strong = bad ? 'var(--bad)' : 'var(--accent)';
  switch (variant) {
    case 'filled':
      return { background: strong, hover: bad ? 'var(--bad-hover)' : 'var(--accent-hover)', color: 'var(--on-accent)', border: '1px solid transparent' };
    case 'subtle':
      return { background: 'transparent', hover: bad ? 'var(--bad-soft)' : 'var(--accent-soft)', color: strong, border: '1px solid transparent' };
    default:
      return bad ? { ...PLAIN, hover: 'var(--bad-soft)', color: 'var(--bad)' } : PLAIN;
  }
};

export const theme = createTheme({
  variantColorResolver: colours,
  respectReducedMotion: true,
  components: {
    InputWrapper: { vars: () => ({ label: { '--input-label-size': '13px' }, description: { '--input-description-size': '12px' }, error: { '--input-error-size': '12px' } }) },
    Switch: { defaultProps: { size: 'sm' } },
    Button: { defaultProps: { variant: 'default', size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'default', size: 'md' } },
    TextInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    NativeSelect: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
  },
});
