/** Whose pages may call from a browser (CORS): the same answer on every route, whoever serves it. */
@NullMarked
package io.votelog.web.origins;

import org.jspecify.annotations.NullMarked;
