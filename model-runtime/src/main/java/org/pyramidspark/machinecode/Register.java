package org.pyramidspark.machinecode;

/**
 * General registers that a function may change freely (System V calling convention, x86-64). The
 * first six of {@link #ARGUMENTS} hold its arguments when it is called.
 */
public enum Register {
  RAX(0),
  RCX(1),
  RDX(2),
  RSI(6),
  RDI(7),
  R8(8),
  R9(9),
  R10(10),
  R11(11);

  private static final Register[] ARGUMENTS = {RDI, RSI, RDX, RCX, R8, R9};

  private final int number;

  Register(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  /** Where the function finds an argument, counted from 0. */
  public static Register argument(int index) {
    return ARGUMENTS[index];
  }
}
