-- Neovim 0.11 and newer: vim.lsp.enable('prisma_lsp') finds this file on the runtimepath.
-- A schema outside any of these folders is served alone, so no root is needed.

---@type vim.lsp.Config
return {
  cmd = { 'prisma-lsp', 'serve', '--stdio' },
  filetypes = { 'prisma', 'sql' },
  root_dir = function(buffer, start)
    -- Of SQL only Prisma's migrations.
    local name = vim.fs.normalize(vim.api.nvim_buf_get_name(buffer))
    if vim.bo[buffer].filetype == 'prisma' or name:match('/migrations/[^/]+/migration%.sql$') then
      start(vim.fs.root(buffer, { 'prisma.config.ts', 'package.json', '.git' }))
    end
  end,
  on_attach = function(_, buffer)
    local options = vim.bo[buffer]
    if options.filetype == 'prisma' and options.shiftwidth == 8 and not options.expandtab then
      -- Neovim's default, so nobody chose it; schemas are indented by two spaces, and formatting follows this.
      options.shiftwidth, options.tabstop, options.expandtab = 2, 2, true
    end
  end,
}
