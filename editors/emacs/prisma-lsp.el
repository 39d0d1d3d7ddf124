;;; prisma-lsp.el --- Prisma schemas with eglot  -*- lexical-binding: t; -*-

;; Package-Requires: ((emacs "29.1"))

;;; Commentary:

;; Tells eglot how to start prisma-lsp, and where a project begins that is in no repository.  A major
;; mode for Prisma schemas is defined only where no other package brings one.

;;; Code:

(require 'eglot)

(defvar prisma-lsp-font-lock
  '(("^[ \t]*\\(datasource\\|enum\\|generator\\|model\\|type\\|view\\)[ \t]+\\(\\(?:\\w\\|_\\)+\\)"
     (1 font-lock-keyword-face) (2 font-lock-type-face))
    ("@@?\\(?:\\w\\|[._]\\)+" . font-lock-builtin-face)
    ("^[ \t]*\\(\\(?:\\w\\|_\\)+\\)[ \t]+\\(\\(?:\\w\\|_\\)+\\)"
     (1 font-lock-variable-name-face) (2 font-lock-type-face)))
  "Colours of a Prisma schema.")

(unless (fboundp 'prisma-mode)
  (define-derived-mode prisma-mode prog-mode "Prisma"
    "Major mode for Prisma schemas."
    (modify-syntax-entry ?/ ". 124b" prisma-mode-syntax-table)
    (modify-syntax-entry ?* ". 23" prisma-mode-syntax-table)
    (modify-syntax-entry ?\n "> b" prisma-mode-syntax-table)
    (modify-syntax-entry ?\" "\"" prisma-mode-syntax-table)
    (setq-local comment-start "// ")
    (setq-local tab-width 2)
    (setq-local indent-tabs-mode nil)
    (setq-local font-lock-defaults '(prisma-lsp-font-lock)))
  (add-to-list 'auto-mode-alist '("\\.prisma\\'" . prisma-mode)))

(add-to-list 'eglot-server-programs
             '((prisma-mode :language-id "prisma") . ("prisma-lsp" "serve" "--stdio")))

(defun prisma-lsp-file-p ()
  "Whether the buffer is a schema or a migration of Prisma's."
  (or (derived-mode-p 'prisma-mode)
      (string-match-p "/migrations/[^/]+/migration\\.sql\\'" (or buffer-file-name ""))))

(defun prisma-lsp-project (folder)
  "The project that FOLDER is in, for eglot and Prisma's files alone.
Without one eglot takes the file's own folder, and the server would not see the migrations beside a
schema, or the schema beside a migration."
  (when (and (bound-and-true-p eglot-lsp-context) (prisma-lsp-file-p))
    (let ((root (locate-dominating-file
                 folder
                 (lambda (above)
                   (or (file-exists-p (expand-file-name "prisma.config.ts" above))
                       (file-exists-p (expand-file-name "package.json" above)))))))
      (when root (cons 'transient root)))))

;; After those that know a repository.
(add-hook 'project-find-functions #'prisma-lsp-project 90)

(defun prisma-lsp-show-findings ()
  "Show findings as soon as they come.
Flymake, when eglot turns it on within a command, does nothing before the next one."
  (when (and (eglot-managed-p) (prisma-lsp-file-p) (bound-and-true-p flymake-mode))
    (flymake-start)))

(add-hook 'eglot-managed-mode-hook #'prisma-lsp-show-findings)

(provide 'prisma-lsp)
;;; prisma-lsp.el ends here
