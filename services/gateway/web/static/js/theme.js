// Runs before the first paint, so that no page flashes in the other theme.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const choice = root.dataset.themeChoice;
    root.dataset.bsTheme = choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
  };
  apply();
  dark.addEventListener("change", apply);
  // The fade between two pages may be skipped (a turned phone, a quick next click): that is no error.
  addEventListener("pagereveal", (event) => event.viewTransition?.ready.catch(() => {}));
})();
