package org.pyramidspark.machinecode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Instructions, and the bytes that GNU's assembler makes of them. */
class AssemblerTest {

  static Stream<Arguments> general() {
    return Stream.of(
        instruction("49 89 f2", code -> code.mov(Register.R10, Register.RSI)),
        instruction("41 ba 00 00 40 4b", code -> code.mov(Register.R10, 0x4b400000)),
        instruction("b8 01 00 00 00", code -> code.mov(Register.RAX, 1)),
        instruction("49 01 c9", code -> code.add(Register.R9, Register.RCX)),
        instruction("48 81 c2 e8 03 00 00", code -> code.add(Register.RDX, 1000)),
        instruction("49 81 e8 01 00 00 00", code -> code.sub(Register.R8, 1)),
        instruction("4d 29 c9", code -> code.sub(Register.R9, Register.R9)),
        instruction("49 81 e2 ff ff 00 00", code -> code.and(Register.R10, 0xffff)),
        instruction("49 c1 ea 10", code -> code.shiftRight(Register.R10, 16)),
        instruction("0f 85 fa ff ff ff", code -> code.jumpIfNotZero(code.here())),
        instruction("0f 18 8e 00 10 00 00", code -> code.prefetch(Register.RSI, 4096)),
        instruction("41 0f 18 89 40 00 00 00", code -> code.prefetch(Register.R9, 64)),
        instruction("0f 18 96 00 10 00 00", code -> code.prefetchFar(Register.RSI, 4096)),
        instruction("c5 f8 77 c3", Assembler::ret));
  }

  static Stream<Arguments> vectors256() {
    return Stream.of(
        vectors256("c4 e1 7c 10 47 00", code -> code.vmovups(0, Register.RDI, 0)),
        vectors256("c4 41 7c 10 b9 80 02 00 00", code -> code.vmovups(15, Register.R9, 640)),
        vectors256("c4 e1 7c 11 7e 64", code -> code.vmovups(Register.RSI, 100, 7)),
        vectors256("c4 42 7d 18 4a 0c", code -> code.vbroadcastss(9, Register.R10, 12)),
        vectors256("c4 62 7d 18 a1 f0 0a 00 00", code -> code.vbroadcastss(12, Register.RCX, 2800)),
        vectors256("c4 62 7d 33 5e 10", code -> code.vpmovzxwd(11, Register.RSI, 16)),
        vectors256("c4 41 14 57 ed", code -> code.zero(13)),
        vectors256("c4 e1 34 58 8a 80 00 00 00", code -> code.vaddps(1, 9, Register.RDX, 128)),
        vectors256("c4 e1 34 59 8a 80 00 00 00", code -> code.vmulps(1, 9, Register.RDX, 128)),
        vectors256("c4 41 7c 5b ca", code -> code.vcvtdq2ps(9, 10)),
        vectors256("c4 c1 65 72 e3 18", code -> code.vpsrad(3, 11, 24)),
        vectors256("c4 42 35 b8 d6", code -> code.vfmadd231ps(10, 9, 14)),
        vectors256("c4 41 0d 76 f6", code -> code.vpcmpeqd(14, 14, 14)),
        vectors256("c4 e1 1d db cb", code -> code.vpand(1, 12, 3)),
        vectors256("c4 41 6d fe cd", code -> code.vpaddd(9, 2, 13)),
        vectors256("c4 e1 1d 72 f3 10", code -> code.vpslld(12, 3, 16)),
        vectors256("c4 c1 65 72 d3 11", code -> code.vpsrld(3, 11, 17)),
        vectors256("c4 c2 35 2b d2", code -> code.vpackusdw(2, 9, 10)),
        vectors256("c4 43 fd 00 ca d8", code -> code.vpermq(9, 10, 0xd8)));
  }

  static Stream<Arguments> vectors512() {
    return Stream.of(
        vectors512("62 f1 7c 48 10 47 00", code -> code.vmovups(0, Register.RDI, 0)),
        vectors512("62 41 7c 48 10 79 0a", code -> code.vmovups(31, Register.R9, 640)),
        vectors512("62 e1 7c 48 11 8e 64 00 00 00", code -> code.vmovups(Register.RSI, 100, 17)),
        vectors512("62 52 7d 48 18 4a 03", code -> code.vbroadcastss(9, Register.R10, 12)),
        vectors512(
            "62 62 7d 48 18 b1 f0 0a 00 00", code -> code.vbroadcastss(30, Register.RCX, 2800)),
        vectors512("62 e1 7c 08 11 62 01", code -> code.storeFour(Register.RDX, 16, 20)),
        vectors512(
            "62 a2 7e 08 72 ed 62 c1 fd 08 d6 68 03",
            code -> code.storeFourRounded(Register.R8, 24, 21)),
        vectors512(
            "62 a2 7e 48 72 ed 62 c1 7c 28 11 68 03",
            code -> code.storeRounded(Register.R8, 96, 21)),
        vectors512("62 a1 45 40 ef ff", code -> code.zero(23)),
        vectors512("62 91 6c 40 58 ce", code -> code.vaddps(1, 18, 30)),
        vectors512("62 f1 6c 40 58 4a 02", code -> code.vaddps(1, 18, Register.RDX, 128)),
        vectors512("62 22 35 48 b8 c8", code -> code.vfmadd231ps(25, 9, 16)),
        vectors512("62 92 5e 40 52 df", code -> code.vdpbf16ps(3, 20, 31)),
        vectors512("62 c2 7e 48 33 68 03", code -> code.vpmovdw(Register.R8, 96, 21)),
        vectors512("62 03 35 40 25 c9 ff", code -> code.ones(25)),
        vectors512("62 41 2d 40 db d1", code -> code.vpandd(26, 26, 9)),
        vectors512("62 91 5d 40 fe df", code -> code.vpaddd(3, 20, 31)),
        vectors512("62 b1 2d 40 72 d1 10", code -> code.vpsrld(26, 17, 16)),
        vectors512("62 f1 6c 40 59 4a 02", code -> code.vmulps(1, 18, Register.RDX, 128)),
        vectors512("62 11 7c 48 5b ca", code -> code.vcvtdq2ps(9, 26)),
        vectors512("62 f1 1d 40 72 f3 10", code -> code.vpslld(28, 3, 16)),
        vectors512("62 91 65 48 72 e3 18", code -> code.vpsrad(3, 27, 24)),
        vectors512("62 42 7d 48 7c f2", code -> code.vpbroadcastd(30, Register.R10)),
        vectors512("62 92 6d 48 39 cf", code -> code.vpminsd(1, 2, 31)),
        vectors512("62 91 74 48 5c d6", code -> code.vsubps(2, 1, 30)),
        vectors512("62 91 7c 48 28 dd", code -> code.vmovaps(3, 29)),
        vectors512("62 92 6d 48 a8 dc", code -> code.vfmadd213ps(3, 2, 28)),
        vectors512("62 91 55 48 eb e2", code -> code.vpord(4, 5, 26)),
        vectors512("62 b2 06 48 27 cf c5 f8 93 c1", code -> code.vptestnmd(Register.RAX, 15, 23)),
        vectors512("62 f1 6c 48 14 cb", code -> code.vunpcklps(1, 2, 3)),
        vectors512("62 21 6c 48 15 f1", code -> code.vunpckhps(30, 2, 17)),
        vectors512("62 f1 ed 48 14 cb", code -> code.vunpcklpd(1, 2, 3)),
        vectors512("62 f1 dd 40 15 cb", code -> code.vunpckhpd(1, 20, 3)),
        vectors512("62 d3 5d 40 23 c9 4e", code -> code.vshuff32x4(1, 20, 9, 0x4e)));
  }

  private static Arguments instruction(String bytes, Consumer<Assembler> instruction) {
    return Arguments.of(bytes, instruction);
  }

  private static Arguments vectors256(String bytes, Consumer<Avx2Assembler> instruction) {
    return Arguments.of(bytes, instruction);
  }

  private static Arguments vectors512(String bytes, Consumer<Avx512Assembler> instruction) {
    return Arguments.of(bytes, instruction);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("general")
  void writesWhatOtherAssemblersWrite(String bytes, Consumer<Assembler> instruction) {
    assertWritten(bytes, new Assembler(), instruction);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("vectors256")
  void writesAvx2(String bytes, Consumer<Avx2Assembler> instruction) {
    assertWritten(bytes, new Avx2Assembler(), instruction);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("vectors512")
  void writesAvx512(String bytes, Consumer<Avx512Assembler> instruction) {
    assertWritten(bytes, new Avx512Assembler(), instruction);
  }

  private static <A extends Assembler> void assertWritten(
      String bytes, A code, Consumer<A> instruction) {
    instruction.accept(code);
    assertThat(HexFormat.ofDelimiter(" ").formatHex(code.toBytes())).isEqualTo(bytes);
  }
}
