/** Errors that every stage may raise. Imports nothing of this project. */
package org.pyramidspark.errors;
