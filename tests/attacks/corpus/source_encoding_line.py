# expect: exception | syntax_error
# An encoding declaration.
# -*- coding: utf-7 -*-
raise ValueError
