-- Neovim 0.11 and newer: vim.lsp.enable('prisma_lsp') finds this file on the runtimepath.
-- A schema outside any of these folders is served alone, so no root is needed.

---@type vim.lsp.Config
return {
  cmd = { 'prisma-lsp', 'serve', '--stdio' },
  filetypes = { 'prisma' },
  root_markers = { 'prisma.config.ts', 'package.json', '.git' },
}
